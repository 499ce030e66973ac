import type { Position } from '#core/book.ts'
import { least, UINT256_MAX, WAD } from '#core/numbers.ts'
import type { Figures } from '#core/strategy.ts'
import { type Status, statusAt } from './curve.ts'
import { pricesIn, unsafeAt } from './price.ts'
import {
  type Auction,
  type IlkMarket,
  isIlk,
  type MakerPosition,
  type MakerScene,
  type System,
  systemOf,
  type Urn,
} from './records.ts'

/** Where the protocol's own view reverts, or knows nothing of it. */
export const unjudged: Figures = { liquidatable: false, reverts: true }

/**
 * An urn is liquidatable where a bark can be made to succeed in the scene's block, by poking first if need be, as far as
 * collateral and debt decide; an auction where it can be taken or begun anew.
 */
export function judge(scene: MakerScene, position: Position<MakerPosition>): Figures {
  const market = scene.book.market(position.market)
  const system = systemOf(scene.book)
  if (!isIlk(market) || system === null) return unjudged
  if (position.data.kind === 'urn') return urnFigures(scene, market, system.data, position.data)
  return auctionFigures(market.data.stopped, position.data, statusAt(market.data, position.data, scene.block.timestamp))
}

/** Wad, wad, ray, ray; the health at the lowest price it may be barked at. */
export function urnFigures(scene: MakerScene, market: IlkMarket, system: System, { kind, ink, art }: Urn): Figures {
  const { rate, spot } = market.data
  const unsafe = unsafeAt(scene, market, system, { kind, ink, art })
  const spots = pricesIn(scene, market, system).flatMap((one) => (one.spot > 0n ? [one.spot] : []))
  const lowest = spots.reduce<bigint | null>((low, one) => (low === null ? one : least(low, one)), null)
  const isSafe = art * rate === 0n || lowest === null
  const healthFactor = isSafe ? UINT256_MAX : (ink * (lowest ?? 0n) * WAD) / (art * rate)
  return { liquidatable: unsafe !== null, ink, art, rate, spot, poke: unsafe?.poke ?? 'safe', healthFactor }
}

/** Rad, wad, ray; the names `getStatus` has. */
export function auctionFigures(
  stopped: bigint,
  { tab, lot }: Pick<Auction, 'tab' | 'lot'>,
  status: Status | null,
): Figures {
  if (status === null) return unjudged
  return { liquidatable: stopped < (status.needsRedo ? 2n : 3n), tab, lot, ...status }
}
