import type { Block } from '#core/block.ts'
import type { Book, Market, MarketId, Position } from '#core/book.ts'
import type { FeedId, Line, Reading } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'

/**
 * A line this close to zero, relative to its terms, is worth proving. Weights kept as 32-bit floats are off by up to
 * 2⁻²⁴ of each term, doubles by far less: four times the one.
 */
export const guardBand = 2 ** -22

/** Positions that may be below the line, by their home market. */
export type Picked = ReadonlyMap<MarketId, readonly Position[]>

/**
 * Picks by looking at every position: for a scene that no screen is kept for. Floats pick, with a guard band; exact
 * integers decide afterwards, so that a position wrongly picked costs time and one wrongly left out cannot be.
 */
export function scan(strategy: Strategy, scene: Scene): Picked {
  const columnOf = columnValues(strategy, scene)
  const found = new Map<MarketId, Position[]>()
  for (const position of scene.book.positions()) {
    const lines = strategy.exposure(scene.book, position)
    if (lines === 'always' || lines.some((line) => isNear(line, columnOf))) addTo(found, position)
  }
  return found
}

export type ColumnOf = (feed: FeedId | null, market: MarketId | null, slot: number) => number

/** Feed × index in a scene, each told once. */
export function columnValues(strategy: Strategy, { book, block, feed: feedOf }: Scene): ColumnOf {
  const price = cached((id: FeedId) => numberOf(feedOf(id)))
  const indices = cached((id: MarketId) => indicesOf(strategy, book, block, book.market(id)))
  return (feed, market, slot) =>
    (feed === null ? 1 : price(feed)) * (market === null ? 1 : (indices(market)[slot] ?? Number.NaN))
}

/** Written so that a NaN (a feed that reverts, an index not there) is picked and left to exact integers. */
export function isNear({ terms, allowance }: Line, columnOf: ColumnOf): boolean {
  let sum = -allowance
  let gross = allowance
  for (const { weight, feed, market, slot } of terms) {
    const value = weight * columnOf(feed, market, slot)
    sum += value
    gross += Math.abs(value)
  }
  return !(sum > gross * guardBand)
}

export function addTo(found: Map<MarketId, Position[]>, position: Position): void {
  const others = found.get(position.market)
  if (others === undefined) found.set(position.market, [position])
  else others.push(position)
}

const numberOf = (reading: Reading): number => (reading === null ? Number.NaN : Number(reading.value))

const indicesOf = (strategy: Strategy, book: Book, block: Block, market: Market | undefined): readonly number[] =>
  market === undefined ? [] : strategy.indices(book, block, market)

function cached<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = compute(key)
    known.set(key, made)
    return made
  }
}
