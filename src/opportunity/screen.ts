import type { Block } from '#core/block.ts'
import type { Book, Market, MarketId, Position } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'

/** A line this close to zero, relative to its terms, is worth proving: far wider than what doubles can lose. */
const guardBand = 1e-9

/**
 * Positions that may be below the line in a scene, grouped by their home market. Floats pick, with a guard band; exact
 * integers decide afterwards, so that a position wrongly picked costs time and one wrongly left out cannot be.
 */
export function screen(strategy: Strategy, scene: Scene): ReadonlyMap<MarketId, readonly Position[]> {
  const price = cached((id: FeedId) => numberOf(scene.feed(id)))
  const indices = cached((id: MarketId) => indicesOf(strategy, scene.book, scene.block, scene.book.market(id)))
  const found = new Map<MarketId, Position[]>()
  for (const position of scene.book.positions()) {
    if (!isNear(strategy, scene.book, position, price, indices)) continue
    const others = found.get(position.market)
    if (others === undefined) found.set(position.market, [position])
    else others.push(position)
  }
  return found
}

function isNear(
  strategy: Strategy,
  book: Book,
  position: Position,
  price: (id: FeedId) => number,
  indices: (id: MarketId) => readonly number[],
): boolean {
  const lines = strategy.exposure(book, position)
  if (lines === 'always') return true
  return lines.some((line) => {
    let sum = 0
    let gross = 0
    for (const { weight, feed, market, slot } of line) {
      const value =
        weight * (feed === null ? 1 : price(feed)) * (market === null ? 1 : (indices(market)[slot] ?? Number.NaN))
      sum += value
      gross += Math.abs(value)
    }
    // Written so that a NaN (a feed that reverts, an index not there) is picked and left to exact integers.
    return !(sum > gross * guardBand)
  })
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
