import type { Position } from '#core/book.ts'
import type { When } from '#core/feed.ts'
import { priceAfter, statusAt } from './curve.ts'
import { canPoke, feedPrice, isUnsafe, shown, spotOf, unsafeAt } from './price.ts'
import {
  type Auction,
  type Ilk,
  type IlkMarket,
  isIlk,
  type MakerPosition,
  type MakerScene,
  type System,
  systemOf,
  type Urn,
} from './records.ts'

/**
 * Of a safe urn: the second from which its OSM can be poked, where the price to come makes it unsafe; known up to an hour
 * ahead. Of an auction: its next second of interest. While it asks more than its price source says the collateral is
 * worth, that is the step at which it no longer does; from then on every step; and the second from which it must be
 * begun anew, where that comes first. Exact: a second earlier the contract answers as it did before.
 */
export function nextChange(scene: MakerScene, position: Position<MakerPosition>): When {
  const market = scene.book.market(position.market)
  const system = systemOf(scene.book)
  if (!isIlk(market) || system === null) return null
  return position.data.kind === 'urn'
    ? whenPoked(scene, market, system.data, position.data)
    : nextStep(scene, market, system.data, position.data)
}

function whenPoked(scene: MakerScene, market: IlkMarket, system: System, urn: Urn): When {
  const { data } = market
  const at = data.since + data.hop
  if (data.source !== 'osm' || data.isStopped || canPoke(data, scene.block.timestamp)) return null
  if (unsafeAt(scene, market, system, urn) !== null) return null
  return isUnsafe(urn, spotOf(data.next, data, system), data.rate) ? { atSecond: at } : null
}

function nextStep(scene: MakerScene, market: IlkMarket, system: System, auction: Auction): When {
  const now = scene.block.timestamp
  const { data } = market
  const status = statusAt(data, auction, now)
  if (status === null || status.needsRedo || data.stopped >= 3n) return null
  const ends = auction.tic + Number(data.tail) + 1
  const redo = firstSecond(now, ends, (second) => statusAt(data, auction, second)?.needsRedo ?? true)
  const dollars = shown(scene, market)
  const worth = dollars === null ? 0n : feedPrice(dollars, system)
  const isDear = worth > 0n && status.price > worth
  const pays = firstSecond(now, redo, (second) => (priceIn(data, auction, second) ?? 0n) <= worth)
  return { atSecond: isDear ? pays : Math.min(redo, stepAfter(data, auction, now)) }
}

const priceIn = ({ curve }: Ilk, { top, tic }: Auction, second: number): bigint | null =>
  priceAfter(curve, top, BigInt(second - tic))

/** When the price next falls, by its curve alone. */
function stepAfter({ curve }: Ilk, { tic }: Auction, now: number): number {
  if (curve.shape !== 'stair') return now + 1
  const step = Number(curve.step)
  return tic + (Math.floor((now - tic) / step) + 1) * step
}

/** The first second after `from` at which it holds, `until` where not before; once it holds, it goes on holding. */
function firstSecond(from: number, until: number, holds: (second: number) => boolean): number {
  let [low, high] = [from, until]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
