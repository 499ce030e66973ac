import type { FeedId, Priced } from '#core/feed.ts'
import { isLiquidatable, type Watched, withReading } from './watched.ts'

/** Where one price alone, all others as they are, brings a position to its line. Values as the feed has them. */
export type LiquidationPrice = {
  readonly feed: FeedId
  readonly prices: Priced | null
  readonly now: bigint
  /** The first value at which it can be liquidated; `null` where no value of this feed does. */
  readonly at: bigint | null
  readonly side: 'below' | 'above' | null
}

/** Beyond so many times its value a price that rises is not followed. */
const risesMost = 1_000n

/**
 * One for each feed that the position's lines stand on. Searched by the strategy's own judgement at each value, so that
 * what is supplied and owed at once, e-modes and roundings all count: `p* = (D − N) ÷ (LT · q − d)` where it is that simple.
 */
export function liquidationPrices(watched: Watched): readonly LiquidationPrice[] {
  const { module, scene, position } = watched
  const lines = module.exposure(scene.book, position)
  if (lines === 'always') return []
  const ids = new Set(lines.flatMap(({ terms }) => terms.flatMap(({ feed }) => feed ?? [])))
  const priced = new Map(module.feeds(scene.book).map((feed) => [feed.id, feed.prices ?? null]))
  return [...ids].flatMap((feed) => {
    const now = scene.feed(feed)?.value
    if (now === undefined || now <= 0n) return []
    return [{ feed, prices: priced.get(feed) ?? null, now, ...lineOf(watched, feed, now) }]
  })
}

function lineOf(watched: Watched, feed: FeedId, now: bigint): Pick<LiquidationPrice, 'at' | 'side'> {
  const sinksAt = (value: bigint): boolean => isLiquidatable(withReading(watched, feed, value))
  if (sinksAt(now)) return { at: now, side: null }
  if (sinksAt(1n)) return { at: edge(sinksAt, 1n, now), side: 'below' }
  if (sinksAt(now * risesMost)) return { at: edge(sinksAt, now * risesMost, now), side: 'above' }
  return { at: null, side: null }
}

/** The value nearest to `free` at which it holds, `held` being one. */
function edge(holds: (value: bigint) => boolean, held: bigint, free: bigint): bigint {
  while (held - free > 1n || free - held > 1n) {
    const middle = (held + free) / 2n
    if (holds(middle)) held = middle
    else free = middle
  }
  return held
}
