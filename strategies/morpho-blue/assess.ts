import type { Address } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { BPS, mulDivUp, WAD } from '#core/numbers.ts'
import type { Blocked, Opportunity, Segment } from '#core/opportunity.ts'
import { accrued } from './accrue.ts'
import type { BlueConfig } from './config.ts'
import { incentiveOf, seizureTaken, sharesTaken } from './liquidation.ts'
import { sharesPreTaken } from './pre-liquidation.ts'
import type { Blue, BluePosition, BlueScene, Way } from './records.ts'
import { pricesIn, type Standing, standingOf } from './standing.ts'

export type Found = Opportunity<Way> | Blocked

/**
 * Of an unhealthy loan two opportunities, which exclude each other: shares repaid, of which all can be (a loan is closed
 * without a rest), and collateral seized, of which all can be (bad debt is written off). Of one between the lines one for
 * each pre-liquidation contract that it allows.
 */
export function assess(
  { morpho }: BlueConfig,
  scene: BlueScene,
  market: Market<Blue>,
  candidates: readonly BluePosition[],
): readonly Found[] {
  const now = accrued(market.data, scene.block.timestamp)
  return candidates.flatMap((position) => assessOne(morpho, scene, now, position))
}

function assessOne(morpho: Address, scene: BlueScene, now: Blue, position: BluePosition): readonly Found[] {
  const { id, owner, data: loan } = position
  if (owner === null || loan.borrowShares === 0n || now.interest === 'other') return []
  const standing = standingOf(now, loan, pricesIn(scene))
  if (standing === null)
    return [{ position: id, reason: 'feed-reverts', detail: `no price from the market's oracle ${now.oracle.at}` }]
  const ways = [...liquidations(now, position, standing), ...preLiquidations(now, position, standing)]
  const found = ways.flatMap(({ name, segment, ...way }): Opportunity<Way>[] =>
    segment === null ? [] : [opportunity(morpho, now, position, name, segment, { borrower: owner, ...way })],
  )
  if (found.length > 0 || ways.length === 0) return found
  return [{ position: id, reason: 'gated', detail: 'it is too small: no share and no unit of collateral can be taken' }]
}

type Open = Omit<Way, 'borrower'> & { readonly name: string; readonly segment: Segment | null }

function liquidations(now: Blue, { data: loan }: BluePosition, { price, isHealthy }: Standing): readonly Open[] {
  if (isHealthy) return []
  const exchange = { totals: now, price, incentive: incentiveOf(now.lltv) }
  const bonusBps = bonusOf(exchange.incentive)
  return [
    { name: 'repaidShares', by: 'repaidShares', segment: sharesTaken(exchange, loan), through: null, bonusBps },
    { name: 'seizedAssets', by: 'seizedAssets', segment: seizureTaken(exchange, loan), through: null, bonusBps },
  ]
}

const preLiquidations = (now: Blue, { data: loan }: BluePosition, { price, openings }: Standing): readonly Open[] =>
  openings.map((opening) => ({
    name: opening.contract.contract,
    by: 'repaidShares' as const,
    segment: sharesPreTaken(now, loan, opening, price),
    through: opening.contract.contract,
    bonusBps: bonusOf(opening.incentive),
  }))

const bonusOf = (incentive: bigint): bigint => mulDivUp(incentive - WAD, BPS, WAD)

const opportunity = (
  morpho: Address,
  now: Blue,
  { id, market }: BluePosition,
  name: string,
  segment: Segment,
  way: Way,
): Opportunity<Way> => ({
  id: `${id}/${name}`,
  kind: way.through === null ? 'liquidate' : 'pre-liquidate',
  market,
  positions: [id],
  pays: { asset: now.loan, spender: way.through ?? morpho },
  gets: [now.collateral],
  capital: 'callback',
  feasible: { input: way.by, segments: [segment] },
  data: way,
})
