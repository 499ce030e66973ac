import type { Address } from '#core/address.ts'
import type { Block, Log, LogFilter } from '#core/block.ts'
import type { OwnedPatch } from '#core/book.ts'
import type { Feed, FeedId, FeedSource, Reading } from '#core/feed.ts'
import type { Read, View } from '#core/world.ts'
import { feedOwner, type Over, type PriceBooks, Prices } from './prices.ts'
import { toldBy } from './told-by.ts'

/** A feed's next change by time alone. */
export type FeedChange = { readonly feed: FeedId; readonly atSecond: number; readonly why: 'cut-off' | 'derived-rate' }

/** Reads with one head for what anybody made and nobody chose. */
const anybodysMost = 256

/** Every feed kept current: out of its sources where that gives what the chain answers, by reads where not. */
export class FeedKeeper {
  readonly prices: Prices
  readonly #books: PriceBooks
  readonly #known = new Map<FeedId, Feed>()
  /** Its sources do not give what it answers: only asking tells. */
  readonly #asked = new Set<FeedId>()
  /** These were all found to be known. */
  #asKnown: readonly Feed[] | null = null
  #isDoubtful = false
  #turn = 0

  constructor(books: PriceBooks) {
    this.#books = books
    this.prices = new Prices(books)
  }

  /** Feeds that are not known yet, or whose sources have changed. */
  unknown(feeds: readonly Feed[]): readonly Feed[] {
    if (this.#isDoubtful) return feeds
    if (feeds === this.#asKnown) return []
    const unknown = feeds.filter((feed) => sourcesText(this.#known.get(feed.id)) !== sourcesText(feed))
    if (unknown.length === 0) this.#asKnown = feeds
    return unknown
  }

  /** After a reorg: what was first read in a block that is gone went with it, so all are read once more. */
  doubt(): void {
    this.#isDoubtful = true
  }

  /**
   * Learns feeds and reads them; what stands behind their sources is asked anew, and what comes out is compared with the
   * feed's own answer. Where the book has moved on meanwhile, what it has is newer than what was read; where a read
   * failed, all are read with the next head.
   */
  async load(view: View, feeds: readonly Feed[], isCurrent = () => true): Promise<void> {
    this.#isDoubtful = true
    for (const feed of feeds) this.#known.set(feed.id, feed)
    await this.prices.resolve(view, feeds.flatMap(contractsOf), isCurrent)
    await this.prices.rereadRates(view, feeds.flatMap(ratesOf), isCurrent)
    const answers = await view.call(feeds.map((feed) => ({ to: feed.read.to, data: feed.read.data })))
    const isNews = isCurrent()
    for (const [at, feed] of feeds.entries()) {
      const answer = answers[at] ?? null
      const told = toldBy(feed, answer, view.block)
      const derived = this.#isDerived(feed) ? this.#derive(feed, view.block) : null
      // A newer block's answer may differ from what was read; and what could not be derived before is not trusted now.
      if (isNews || !this.#asked.has(feed.id)) this.#judgeSources(feed, derived, told, isNews)
      if (!this.#asked.has(feed.id)) this.#put(feed.id, derived)
      else if (isNews || this.#books.feed(feed.id) === null) this.#putRead(feed.id, told)
    }
    this.#isDoubtful = !isNews
  }

  #judgeSources(feed: Feed, derived: Reading, told: Reading, isNews: boolean): void {
    if (!this.#isDerived(feed)) this.#asked.add(feed.id)
    else if (isNews && derived?.value !== told?.value) this.#asked.add(feed.id)
    else if (isNews) this.#asked.delete(feed.id)
  }

  watches(): readonly LogFilter[] {
    return this.prices.watches()
  }

  /** @returns the feeds whose value the log changed. */
  fold(log: Log): readonly FeedId[] {
    if (!this.prices.fold(log)) return []
    return this.#touchedBy(new Set([log.address]))
      .filter((feed) => this.#put(feed.id, this.#derive(feed, log.block)))
      .map((feed) => feed.id)
  }

  /** Whether some feed changes without a log that carries it. */
  needsReads(): boolean {
    return this.#asked.size > 0 || this.#rates(this.#all()).length > 0
  }

  /** Reads what no log carries; applies it if the book still stands at the view's block. @returns what changed. */
  async reread(view: View, isCurrent: () => boolean): Promise<readonly FeedId[]> {
    const turn = this.#inTurn()
    const asked = turn.filter(({ id }) => this.#asked.has(id))
    const [answers, moved] = await Promise.all([
      view.call(asked.map((feed) => ({ to: feed.read.to, data: feed.read.data }))),
      this.prices.rereadRates(view, this.#rates(turn), isCurrent),
    ])
    if (!isCurrent()) return []
    const told = asked.filter((feed, at) => {
      return this.#putRead(feed.id, toldBy(feed, answers[at] ?? null, view.block))
    })
    const derived = this.#all().filter(
      (feed) =>
        !this.#asked.has(feed.id) &&
        (contractsOf(feed).some((contract) => moved.some((one) => this.prices.asks(contract, one))) ||
          ratesOf(feed).some(({ to }) => moved.includes(to))) &&
        this.#put(feed.id, this.#derive(feed, view.block)),
    )
    return [...told, ...derived].map(({ id }) => id)
  }

  /** Every feed as it reads at a block's second: the book's own reading, but for those that time alone moves. */
  at(block: Block): (id: FeedId) => Reading {
    const timed = new Map<FeedId, Reading>()
    return (id) => {
      const known = timed.get(id)
      if (known !== undefined) return known
      const feed = this.#known.get(id)
      const isTimed = feed !== undefined && !this.#asked.has(id) && this.#movesBy(feed) !== null
      const reading = isTimed ? this.#derive(feed, block) : this.#books.feed(id)
      timed.set(id, reading)
      return reading
    }
  }

  /** What feeds would read at the block if aggregators stood so; those that stay as they are, are left out. */
  whatIf(over: Over, block: Block): readonly OwnedPatch[] {
    const now = this.at(block)
    return this.#touchedBy(new Set(over.keys())).flatMap((feed) => {
      const reading = this.#derive(feed, block, over)
      if (reading?.value === now(feed.id)?.value) return []
      return [{ owner: feedOwner, patch: { op: 'put-feed' as const, id: feed.id, reading } }]
    })
  }

  /** Why any of these feeds reads otherwise at a later block, time alone having passed; `null` where none does. */
  movedByTime(from: Block, to: Block, feeds: readonly FeedId[] = [...this.#known.keys()]): FeedChange['why'] | null {
    const [before, after] = [this.at(from), this.at(to)]
    const moved = feeds.flatMap((id) => (before(id)?.value !== after(id)?.value ? (this.#known.get(id) ?? []) : []))
    const why = moved.map((feed) => this.#movesBy(feed))
    return why.includes('cut-off') ? 'cut-off' : (why[0] ?? null)
  }

  /** What time alone will change next, seen from a block. */
  changes(block: Block): readonly FeedChange[] {
    return this.#all().flatMap((feed) => {
      const why = this.#asked.has(feed.id) ? null : this.#movesBy(feed)
      if (why === null) return []
      const seconds = contractsOf(feed).flatMap((one) => this.prices.nextChange(one, block.timestamp) ?? [])
      return seconds.length === 0 ? [] : [{ feed: feed.id, atSecond: Math.min(...seconds), why }]
    })
  }

  #movesBy(feed: Feed): 'cut-off' | 'derived-rate' | null {
    const why = contractsOf(feed).map((contract) => this.prices.movesBy(contract))
    return why.includes('cut-off') ? 'cut-off' : (why.find((one) => one !== null) ?? null)
  }

  #touchedBy(aggregators: ReadonlySet<Address>): readonly Feed[] {
    const touched = (contract: Address): boolean =>
      this.prices.aggregatorsOf(contract).some((one) => aggregators.has(one))
    return this.#all().filter((feed) => !this.#asked.has(feed.id) && contractsOf(feed).some(touched))
  }

  #derive(feed: Feed, block: Block, over?: Over): Reading {
    const readings = feed.sources.map((source) =>
      source.kind === 'price'
        ? this.prices.answer(source.contract, block.timestamp, over)
        : source.kind === 'rate'
          ? this.prices.rate({ to: source.contract, data: source.call })
          : null,
    )
    try {
      return feed.derive?.(readings, block) ?? null
    } catch {
      // Numbers no honest oracle has: as if it reverted.
      return null
    }
  }

  #isDerived(feed: Feed): boolean {
    if (feed.derive === null || feed.sources.length === 0) return false
    return feed.sources.every(
      (source) => source.kind === 'rate' || (source.kind === 'price' && this.prices.isKnown(source.contract)),
    )
  }

  #put(id: FeedId, reading: Reading): boolean {
    const before = this.#books.feed(id)
    if (before?.value === reading?.value && before?.updatedAt === reading?.updatedAt) return false
    this.#books.apply(feedOwner, [{ op: 'put-feed', id, reading }])
    return true
  }

  /** Read anew every block: only another value makes it a change. */
  #putRead(id: FeedId, reading: Reading): boolean {
    return this.#books.feed(id)?.value !== reading?.value && this.#put(id, reading)
  }

  readonly #all = (): readonly Feed[] => [...this.#known.values()]
  /** What adapters ask, and what feeds name themselves. */
  readonly #rates = (of: readonly Feed[]): readonly Read[] => [
    ...this.prices.rates(of.flatMap(contractsOf)),
    ...of.flatMap(ratesOf),
  ]

  /** Feeds to read with this head: all, but of anybody's no more than a share, and others each time. */
  #inTurn(): readonly Feed[] {
    const all = this.#all()
    const own = all.filter((feed) => feed.isAnybodys === true && this.#isRead(feed))
    if (own.length <= anybodysMost) return all
    const from = (this.#turn * anybodysMost) % own.length
    this.#turn += 1
    const chosen = new Set([...own.slice(from), ...own.slice(0, from)].slice(0, anybodysMost))
    return all.filter((feed) => feed.isAnybodys !== true || chosen.has(feed))
  }

  #isRead = (feed: Feed): boolean => this.#asked.has(feed.id) || this.#rates([feed]).length > 0
}

const isPrice = (source: FeedSource): source is Extract<FeedSource, { kind: 'price' }> => source.kind === 'price'
const contractsOf = (feed: Feed): readonly Address[] => feed.sources.filter(isPrice).map(({ contract }) => contract)
const ratesOf = ({ sources }: Feed): readonly Read[] =>
  sources.flatMap((source) => (source.kind === 'rate' ? [{ to: source.contract, data: source.call }] : []))
const sourcesText = (feed: Feed | undefined): string => JSON.stringify([feed?.sources, feed?.derive === null])
