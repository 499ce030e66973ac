import type { Market, Position } from '#core/book.ts'
import { most } from '#core/numbers.ts'
import type { Bark } from './bark.ts'
import type { MakerPatch } from './fold.ts'
import type { Prices } from './price.ts'
import {
  type Auction,
  auctionId,
  type Ilk,
  type IlkMarket,
  type MakerScene,
  type System,
  systemOf,
  type Urn,
} from './records.ts'
import type { Take } from './take.ts'

/** The book as a bark leaves it: the auction is among its positions, and can be taken in the same block. */
export function afterBark(
  scene: MakerScene,
  system: Market<System>,
  market: IlkMarket,
  position: Position<Urn>,
  done: Bark,
  prices: Prices,
): readonly MakerPatch[] {
  const number = market.data.kicks + 1n
  const usr = position.owner ?? market.data.clip
  const urn: Urn = { ...position.data, ink: position.data.ink - done.dink, art: position.data.art - done.dart }
  const auction: Auction = {
    ...{ kind: 'auction', number, usr },
    ...{ tab: done.tab, lot: done.dink, top: done.top, tic: scene.block.timestamp },
  }
  const ilk: Ilk = {
    ...poked(market.data, prices, scene.block.timestamp),
    kicks: number,
    dirt: market.data.dirt + done.tab,
  }
  return [
    { op: 'put-market', market: { ...system, data: { ...system.data, dirt: system.data.dirt + done.tab } } },
    { op: 'put-market', market: { ...market, data: ilk } },
    urn.art > 0n
      ? { op: 'put-position', position: { ...position, data: urn } }
      : { op: 'drop-position', id: position.id },
    {
      op: 'put-position',
      position: { id: auctionId(market.data.clip, number), market: market.id, owner: usr, data: auction },
    },
  ]
}

/** `next` is then what the OSM's own source says, which only the block's logs lead to: it is left. Source: OSM.poke. */
function poked(ilk: Ilk, { poke, spot }: Prices, second: number): Ilk {
  if (poke === 'none') return ilk
  return poke === 'spotter' ? { ...ilk, spot } : { ...ilk, spot, current: ilk.next, since: second - (second % ilk.hop) }
}

/** Source: Clipper.take and Dog.digs: when the lot is gone, all that was to be raised no longer counts. */
export function afterTake(
  scene: MakerScene,
  market: IlkMarket,
  position: Position<Auction>,
  { owe, tab, lot, isOver }: Take,
): readonly MakerPatch[] {
  const system = systemOf(scene.book)
  const digs = lot === 0n ? tab + owe : owe
  const left = (dirt: bigint): bigint => most(dirt - digs, 0n)
  return [
    ...(system === null
      ? []
      : [{ op: 'put-market' as const, market: { ...system, data: { ...system.data, dirt: left(system.data.dirt) } } }]),
    { op: 'put-market', market: { ...market, data: { ...market.data, dirt: left(market.data.dirt) } } },
    isOver
      ? { op: 'drop-position', id: position.id }
      : { op: 'put-position', position: { ...position, data: { ...position.data, tab, lot } } },
  ]
}

export const afterRedo = (scene: MakerScene, position: Position<Auction>, top: bigint): readonly MakerPatch[] => [
  { op: 'put-position', position: { ...position, data: { ...position.data, top, tic: scene.block.timestamp } } },
]
