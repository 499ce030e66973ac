import type { Market, Position } from '#core/book.ts'
import { BPS, UINT256_MAX } from '#core/numbers.ts'
import type { Blocked, GateReason, Opportunity } from '#core/opportunity.ts'
import { barkAt, topOf } from './bark.ts'
import { statusAt } from './curve.ts'
import { chostFeed } from './feeds.ts'
import { feedPrice, shown, unsafeAt } from './price.ts'
import {
  type Auction,
  type Case,
  type IlkMarket,
  isAuction,
  isIlk,
  isUrn,
  type MakerMarket,
  type MakerPosition,
  type MakerScene,
  type System,
  systemOf,
  type Urn,
} from './records.ts'
import { segmentsOf } from './take.ts'

export type Found = Opportunity<Case> | Blocked

/** An urn's bark; of an auction its take, or its redo; or what stands in the way. */
export function assess(
  scene: MakerScene,
  market: Market<MakerMarket>,
  candidates: readonly Position<MakerPosition>[],
): readonly Found[] {
  const system = systemOf(scene.book)
  if (!isIlk(market) || system === null) return []
  return candidates.flatMap((position): readonly Found[] => {
    if (isUrn(position)) return assessUrn(scene, market, system.data, position)
    return isAuction(position) ? [assessAuction(scene, market, system.data, position)] : []
  })
}

const blocked = (position: Position, reason: GateReason, detail: string): Blocked => ({
  position: position.id,
  reason,
  detail,
})

function assessUrn(scene: MakerScene, market: IlkMarket, system: System, position: Position<Urn>): readonly Found[] {
  const prices = unsafeAt(scene, market, system, position.data)
  if (prices === null || position.owner === null) return []
  const done = barkAt(system, market.data, position.data, prices.dollars)
  if ('refused' in done) return [blocked(position, done.refused, done.detail)]
  return [
    {
      ...{ id: `${position.id}/bark`, kind: 'bark', market: market.id, positions: [position.id] },
      ...{ pays: null, gets: [system.dai], capital: 'none', feasible: null },
      data: { act: 'bark', urn: position.owner, poke: prices.poke },
    },
  ]
}

function assessAuction(scene: MakerScene, market: IlkMarket, system: System, position: Position<Auction>): Found {
  const { data } = market
  const status = statusAt(data, position.data, scene.block.timestamp)
  if (status === null) return blocked(position, 'gated', `${data.calc} is no price curve that is known here`)
  if (data.stopped >= (status.needsRedo ? 2n : 3n))
    return blocked(position, 'paused', `the clipper is stopped at level ${data.stopped}`)
  const dollars = shown(scene, market)
  const common = { market: market.id, positions: [position.id] }
  const { number } = position.data
  if (status.needsRedo) {
    if (dollars === null) return blocked(position, 'feed-reverts', `no price from ${data.pip}`)
    if (topOf(system, data, dollars) === 0n) return blocked(position, 'gated', 'it would begin at a price of 0')
    return {
      ...{ id: `${position.id}/redo`, kind: 'redo', ...common },
      ...{ pays: null, gets: [system.dai], capital: 'none', feasible: null },
      data: { act: 'redo', number },
    }
  }
  const chost = scene.feed(chostFeed(data))
  if (chost === null) return blocked(position, 'feed-reverts', `no chost from ${data.clip}`)
  const segments = segmentsOf(position.data, status.price, chost.value)
  if (segments.length === 0) return blocked(position, 'gated', 'a unit of it costs more than is to be raised')
  const worth = dollars === null ? 0n : feedPrice(dollars, system)
  return {
    ...{ id: `${position.id}/take`, kind: 'take', ...common },
    pays: { asset: system.dai, spender: system.daiJoin },
    gets: [data.gem],
    capital: 'callback',
    feasible: { input: 'amt', segments },
    data: { act: 'take', number, price: status.price, bonusBps: bonusOf(worth, status.price) },
  }
}

/** Told where it is more than is assumed anyway: a source an hour old says nothing finer. */
const worthTelling = 500n
function bonusOf(worth: bigint, price: bigint): bigint | null {
  const bonus = price === 0n ? UINT256_MAX : (worth * BPS) / price - BPS
  return bonus < worthTelling ? null : bonus
}
