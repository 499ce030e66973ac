import type { Address, Hex } from '#core/address.ts'
import type { Block, Log, LogFilter } from '#core/block.ts'
import { type Book, marketId, type Patch } from '#core/book.ts'
import { type Feed, type FeedId, type FeedSource, feedId, type Reading } from '#core/feed.ts'
import type { Read, View } from '#core/world.ts'

/** AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt), by the aggregator, never the proxy. */
const answerUpdated: Hex = '0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f'
const aggregatorSelector: Hex = '0x245a7bfc'
const latestRoundDataSelector: Hex = '0xfeaf968c'

export const feedOwner = 'engine/feeds'

/** A module's feeds kept current: by their aggregators' logs where they can be derived, by reads where not. */
export interface FeedKeeper {
  /** Learns feeds not known yet and reads them; resolves every proxy's aggregator anew. */
  readonly load: (view: View, feeds: readonly Feed[]) => Promise<void>
  /** Feeds that are not known yet. */
  readonly unknown: (feeds: readonly Feed[]) => readonly Feed[]
  readonly watches: () => readonly LogFilter[]
  /** @returns the feeds whose value the log changed. */
  readonly fold: (log: Log) => readonly FeedId[]
  /** Reads, at the view's block, what no log carries. @returns the feeds that changed. */
  readonly reread: (view: View) => Promise<readonly FeedId[]>
}

type Books = {
  readonly shelf: (owner: string) => Book
  readonly feed: (id: FeedId) => Reading
  readonly apply: (owner: string, patches: readonly Patch[]) => void
}
type Aggregator = Extract<FeedSource, { kind: 'aggregator' }>

/** What an aggregator's proxy answers to one asker is a reading of its own, undone and replayed like any other. */
const sourceId = ({ proxy, asker }: Aggregator): FeedId => feedId(`aggregator/${proxy}/${asker}`)

export function createFeedKeeper(books: Books): FeedKeeper {
  const known = new Map<FeedId, Feed>()
  const proxies = new Map<Address, Aggregator[]>()

  const readingOf = (source: FeedSource): Reading =>
    source.kind === 'aggregator'
      ? books.feed(sourceId(source))
      : source.kind === 'feed'
        ? books.feed(source.feed)
        : null
  const isDerived = (feed: Feed): boolean =>
    feed.derive !== null && feed.sources.every((source) => source.kind === 'aggregator' || source.kind === 'feed')
  const put = (id: FeedId, reading: Reading): boolean => {
    const before = books.feed(id)
    if (before?.value === reading?.value && before?.updatedAt === reading?.updatedAt) return false
    books.apply(feedOwner, [{ op: 'put-feed', id, reading }])
    return true
  }
  const derive = (sources: ReadonlySet<FeedId>, block: Block): readonly FeedId[] =>
    [...known.values()]
      .filter((feed) => {
        const touched = feed.sources.some((source) =>
          source.kind === 'aggregator'
            ? sources.has(sourceId(source))
            : source.kind === 'feed' && sources.has(source.feed),
        )
        return (
          touched &&
          isDerived(feed) &&
          feed.derive !== null &&
          put(feed.id, feed.derive(feed.sources.map(readingOf), block))
        )
      })
      .map((feed) => feed.id)
  const readAll = async (view: View, feeds: readonly Feed[]): Promise<readonly FeedId[]> => {
    const answers = await view.call(feeds.map((feed) => ({ to: feed.read.to, data: feed.read.data })))
    return feeds
      .filter((feed, at) => {
        const answer = answers[at]
        return put(
          feed.id,
          answer === null || answer === undefined
            ? null
            : { value: feed.read.decode(answer), updatedAt: view.block.timestamp },
        )
      })
      .map((feed) => feed.id)
  }

  return {
    unknown: (feeds) =>
      feeds.filter((feed) => !known.has(feed.id) || sourcesText(known.get(feed.id)) !== sourcesText(feed)),
    load: async (view, feeds) => {
      for (const feed of feeds) known.set(feed.id, feed)
      proxies.clear()
      for (const feed of known.values()) {
        for (const source of feed.sources)
          if (source.kind === 'aggregator') proxies.set(source.proxy, [...(proxies.get(source.proxy) ?? []), source])
      }
      await resolve(view, proxies, books, put)
      const derived = feeds.filter(isDerived)
      for (const feed of derived)
        if (feed.derive !== null) put(feed.id, feed.derive(feed.sources.map(readingOf), view.block))
      await readAll(
        view,
        feeds.filter((feed) => !isDerived(feed)),
      )
    },
    watches: () => {
      const addresses = [...books.shelf(feedOwner).markets()].flatMap(({ data }) =>
        typeof data.aggregator === 'string' ? [data.aggregator as Address] : [],
      )
      return addresses.length === 0 ? [] : [{ addresses, topics: [answerUpdated] }]
    },
    fold: (log) => {
      if (log.topic(0) !== answerUpdated) return []
      const reading = { value: BigInt.asIntN(256, BigInt(log.topic(1))), updatedAt: Number(log.word(0)) }
      const changed = new Set<FeedId>()
      for (const { id, data } of books.shelf(feedOwner).markets()) {
        if (data.aggregator !== log.address) continue
        for (const source of proxies.get(id as unknown as Address) ?? []) {
          put(sourceId(source), reading)
          changed.add(sourceId(source))
        }
      }
      return derive(changed, log.block)
    },
    reread: async (view) =>
      readAll(
        view,
        [...known.values()].filter((feed) => !isDerived(feed)),
      ),
  }
}

const sourcesText = (feed: Feed | undefined): string => JSON.stringify([feed?.sources, feed?.derive === null])

/** Which aggregator stands behind each proxy, and what it answers now. */
async function resolve(
  view: View,
  proxies: ReadonlyMap<Address, readonly Aggregator[]>,
  books: Books,
  put: (id: FeedId, reading: Reading) => boolean,
): Promise<void> {
  const all = [...proxies.keys()]
  const reads: Read[] = all.flatMap((to) => [
    { to, data: aggregatorSelector },
    { to, data: latestRoundDataSelector },
  ])
  const answers = await view.call(reads)
  all.forEach((proxy, at) => {
    const aggregator = answers[at * 2]
    const round = answers[at * 2 + 1]
    const address =
      aggregator === null || aggregator === undefined || aggregator.length < 66
        ? proxy
        : (`0x${aggregator.slice(26, 66)}` as Address)
    books.apply(feedOwner, [
      { op: 'put-market', market: { id: marketId(proxy), epoch: 0, data: { aggregator: address } } },
    ])
    const reading =
      round === null || round === undefined || round.length < 2 + 5 * 64
        ? null
        : { value: BigInt.asIntN(256, wordOf(round, 1)), updatedAt: Number(wordOf(round, 3)) }
    for (const source of proxies.get(proxy) ?? []) put(sourceId(source), reading)
  })
}

const wordOf = (data: Hex, index: number): bigint => BigInt(`0x${data.slice(2 + index * 64, 66 + index * 64)}`)
