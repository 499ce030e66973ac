import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { Block, Log, LogFilter } from '#core/block.ts'
import { type Book, marketId, type Patch } from '#core/book.ts'
import { type Feed, type FeedId, type FeedSource, feedId, type Reading, type When } from '#core/feed.ts'
import type { View } from '#core/world.ts'

/** AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt), by the aggregator, never the proxy. */
const answerUpdated: Hex = '0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f'
const aggregatorSelector: Hex = '0x245a7bfc'
const latestRoundDataSelector: Hex = '0xfeaf968c'

export const feedOwner = 'engine/feeds'

type Books = {
  readonly shelf: (owner: string) => Book
  readonly feed: (id: FeedId) => Reading
  readonly apply: (owner: string, patches: readonly Patch[]) => void
}
type Aggregator = Extract<FeedSource, { kind: 'aggregator' }>

/** A feed that time alone will change. */
export type FeedChange = {
  readonly feed: FeedId
  readonly when: NonNullable<When>
  readonly derivedAt: (block: Block) => Reading
}

/** What an aggregator's proxy answers to one asker is a reading of its own, undone and replayed like any other. */
const sourceId = ({ proxy, asker }: Aggregator): FeedId => feedId(`aggregator/${proxy}/${asker}`)

/** Every feed kept current: by its aggregators' logs where it can be derived from them, by reads where not. */
export class FeedKeeper {
  readonly #books: Books
  readonly #known = new Map<FeedId, Feed>()
  readonly #proxies = new Map<Address, Aggregator[]>()
  #isDoubtful = false

  constructor(books: Books) {
    this.#books = books
  }

  /** Feeds that are not known yet, or whose sources have changed. */
  unknown(feeds: readonly Feed[]): readonly Feed[] {
    if (this.#isDoubtful) return feeds
    return feeds.filter((feed) => sourcesText(this.#known.get(feed.id)) !== sourcesText(feed))
  }

  /** After a reorg: what was first read in a block that is gone went with it, so all are read once more. */
  doubt(): void {
    this.#isDoubtful = true
  }

  /**
   * Learns feeds and reads them; resolves every proxy's aggregator anew. Where the book has moved on meanwhile, what it
   * has is newer than what was read; where a read failed, all are read with the next head.
   */
  async load(view: View, feeds: readonly Feed[], isCurrent = () => true): Promise<void> {
    this.#isDoubtful = true
    for (const feed of feeds) this.#known.set(feed.id, feed)
    this.#proxies.clear()
    for (const feed of this.#known.values()) {
      for (const source of feed.sources) {
        if (source.kind === 'aggregator')
          this.#proxies.set(source.proxy, [...(this.#proxies.get(source.proxy) ?? []), source])
      }
    }
    await this.#resolve(view, isCurrent)
    for (const feed of feeds) this.#derive(feed, view.block)
    await this.#read(
      view,
      feeds.filter((feed) => !isDerived(feed)),
      isCurrent,
    )
    this.#isDoubtful = !isCurrent()
  }

  watches(): readonly LogFilter[] {
    const addresses = [...this.#books.shelf(feedOwner).markets()].map(({ data }) => data.aggregator as Address)
    return addresses.length === 0 ? [] : [{ addresses, topics: [answerUpdated] }]
  }

  /** @returns the feeds whose value the log changed. */
  fold(log: Log): readonly FeedId[] {
    if (log.topicCount < 2 || log.topic(0) !== answerUpdated) return []
    const reading = { value: BigInt.asIntN(256, BigInt(log.topic(1))), updatedAt: Number(log.word(0)) }
    const changed = new Set<FeedId>()
    for (const { id, data } of this.#books.shelf(feedOwner).markets()) {
      if (data.aggregator !== log.address) continue
      for (const source of this.#proxies.get(id as unknown as Address) ?? []) {
        this.#put(sourceId(source), reading)
        changed.add(sourceId(source))
      }
    }
    const touched = (source: FeedSource): boolean => source.kind === 'aggregator' && changed.has(sourceId(source))
    return [...this.#known.values()]
      .filter((feed) => feed.sources.some(touched) && this.#derive(feed, log.block))
      .map((feed) => feed.id)
  }

  /** Whether some feed changes without a log that carries it. */
  needsReads(): boolean {
    return [...this.#known.values()].some((feed) => !isDerived(feed))
  }

  /** Reads what no log carries; applies it if the book still stands at the view's block. @returns what changed. */
  async reread(view: View, isCurrent: () => boolean): Promise<readonly FeedId[]> {
    return this.#read(
      view,
      [...this.#known.values()].filter((feed) => !isDerived(feed)),
      isCurrent,
    )
  }

  /** Feeds that time alone will change, and what each would then be. */
  changes(block: Block): readonly FeedChange[] {
    return [...this.#known.values()].flatMap((feed) => {
      const { derive, nextChange } = feed
      if (derive === null || nextChange === null) return []
      const readings = this.#readingsOf(feed)
      const when = nextChange(readings, block)
      return when === null ? [] : [{ feed: feed.id, when, derivedAt: (later: Block) => derive(readings, later) }]
    })
  }

  #readingsOf(feed: Feed): readonly Reading[] {
    return feed.sources.map((source) => {
      if (source.kind === 'aggregator') return this.#books.feed(sourceId(source))
      return source.kind === 'feed' ? this.#books.feed(source.feed) : null
    })
  }

  #derive(feed: Feed, block: Block): boolean {
    if (feed.derive === null || !isDerived(feed)) return false
    return this.#put(feed.id, feed.derive(this.#readingsOf(feed), block))
  }

  #put(id: FeedId, reading: Reading): boolean {
    const before = this.#books.feed(id)
    if (before?.value === reading?.value && before?.updatedAt === reading?.updatedAt) return false
    this.#books.apply(feedOwner, [{ op: 'put-feed', id, reading }])
    return true
  }

  async #read(view: View, feeds: readonly Feed[], isCurrent = () => true): Promise<readonly FeedId[]> {
    const answers = await view.call(feeds.map((feed) => ({ to: feed.read.to, data: feed.read.data })))
    if (!isCurrent()) return []
    const changed = feeds.filter((feed, at) => {
      const answer = answers[at] ?? null
      if (answer === null) return this.#put(feed.id, null)
      const value = feed.read.decode(answer)
      // Read anew every block: only another value makes it a change.
      return (
        this.#books.feed(feed.id)?.value !== value && this.#put(feed.id, { value, updatedAt: view.block.timestamp })
      )
    })
    return changed.map((feed) => feed.id)
  }

  /** Which aggregator stands behind each proxy, and what it answers now. */
  async #resolve(view: View, isCurrent: () => boolean): Promise<void> {
    const all = [...this.#proxies.keys()]
    const answers = await view.call(
      all.flatMap((to) => [
        { to, data: aggregatorSelector },
        { to, data: latestRoundDataSelector },
      ]),
    )
    const isNews = isCurrent()
    all.forEach((proxy, at) => {
      const answered = answers[at * 2] ?? '0x'
      const round = answers[at * 2 + 1] ?? '0x'
      const aggregator = answered.length < 66 ? proxy : addressOfWord(answered)
      this.#books.apply(feedOwner, [
        { op: 'put-market', market: { id: marketId(proxy), epoch: 0, data: { aggregator } } },
      ])
      const reading =
        round.length < 2 + 5 * 64
          ? null
          : { value: BigInt.asIntN(256, wordOf(round, 1)), updatedAt: Number(wordOf(round, 3)) }
      for (const source of this.#proxies.get(proxy) ?? [])
        if (isNews || this.#books.feed(sourceId(source)) === null) this.#put(sourceId(source), reading)
    })
  }
}

const isDerived = (feed: Feed): boolean =>
  feed.derive !== null && feed.sources.every((source) => source.kind === 'aggregator' || source.kind === 'feed')
const sourcesText = (feed: Feed | undefined): string => JSON.stringify([feed?.sources, feed?.derive === null])

const wordOf = (data: Hex, index: number): bigint => BigInt(`0x${data.slice(2 + index * 64, 66 + index * 64)}`)
