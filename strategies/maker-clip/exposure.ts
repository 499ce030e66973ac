import type { Block } from '#core/block.ts'
import type { Market, Position } from '#core/book.ts'
import type { Exposure, Term } from '#core/feed.ts'
import { priceFeed } from './feeds.ts'
import { canPoke, spotOf } from './price.ts'
import { isIlk, type MakerBook, type MakerMarket, type MakerPosition, systemOf } from './records.ts'

/** Slots of a collateral's indices. */
const [rateSlot, spotSlot, ratioSlot] = [0, 1, 2]
/** DAI, 1e-18: what the floors of `spot` may take of the largest urn is far below. */
const allowance = 1e-9

/**
 * In DAI: collateral at the lowest `spot` that the block allows, less debt. An OSM's prices are no feeds: logs and time
 * alone move them, so they are among the indices, and one line says all. Where anybody may read the price, a second
 * line has it as the feed shows it. Floats, for the screen; auctions are few.
 */
export function exposure(book: MakerBook, position: Position<MakerPosition>): Exposure {
  const market = book.market(position.market)
  if (!isIlk(market) || position.data.kind === 'auction') return 'always'
  const [ink, art] = [Number(position.data.ink) / 1e18, Number(position.data.art) / 1e18]
  const owed: Term = { weight: -art, feed: null, market: market.id, slot: rateSlot }
  const counts: Term = { weight: ink, feed: null, market: market.id, slot: spotSlot }
  const line = (...terms: Term[]) => ({ terms, allowance })
  if (market.data.source === 'osm') return [line(counts, owed)]
  const shown: Term = { weight: ink, feed: priceFeed(market.data), market: market.id, slot: ratioSlot }
  return [line(counts, owed), line(shown, owed)]
}

/** Of a collateral: rate, the lowest spot above 0 that can be had, and what a dollar of the feed makes of it. */
export function indices(book: MakerBook, block: Block, { data }: Market<MakerMarket>): readonly number[] {
  const system = systemOf(book)
  if (data.kind !== 'ilk' || system === null) return []
  const spots = [data.spot]
  if (data.source === 'osm') {
    spots.push(spotOf(data.current, data, system.data))
    if (canPoke(data, block.timestamp)) spots.push(spotOf(data.next, data, system.data))
  }
  // Without a price nobody is unsafe: high enough to say so, and still a number.
  const lowest = Math.min(1e200, ...spots.filter((spot) => spot > 0n).map((spot) => Number(spot) / 1e27))
  const ratio = 1e-18 / ((Number(system.data.par) / 1e27) * (Number(data.mat) / 1e27))
  return [Number(data.rate) / 1e27, lowest, ratio]
}
