import type { Market } from '#core/book.ts'
import { BPS, WAD } from '#core/numbers.ts'
import type { Blocked, GateReason, Opportunity } from '#core/opportunity.ts'
import { type AaveScene, type AccountData, accountData, type Holding, type Unjudged } from './account-data.ts'
import type { AaveConfig } from './config.ts'
import { debtOf } from './liquidation.ts'
import type { AaveMarket, AavePosition, Pair, Pool } from './records.ts'
import { isPool } from './records.ts'
import { acceptedInputs } from './segments.ts'

export type Found = Opportunity<Pair> | Blocked
type Gate = { readonly reason: GateReason; readonly detail: string }

/**
 * One opportunity for each pair of collateral and debt that can be liquidated; where a position is below the line and
 * no pair can, each reason once. Source of the gates: ValidationLogic.validateLiquidationCall.
 */
export function assess(
  config: AaveConfig,
  scene: AaveScene,
  market: Market<AaveMarket>,
  candidates: readonly AavePosition[],
): readonly Found[] {
  if (!isPool(market)) return []
  return candidates.flatMap((position) => assessOne(config, scene, market.data, position))
}

function assessOne(config: AaveConfig, scene: AaveScene, pool: Pool, position: AavePosition): readonly Found[] {
  const data = accountData(scene, pool, position.data)
  const blocked = (gates: readonly Gate[]): readonly Blocked[] =>
    gates.map((gate) => ({ position: position.id, ...gate }))
  if ('missing' in data) return blocked(unjudgedGate(data))
  if (data.healthFactor === null || data.healthFactor >= WAD) return []
  const closed = poolGate(config, pool)
  if (closed !== null) return blocked([closed])
  const found: Opportunity<Pair>[] = []
  const gates = new Map<string, Gate>()
  for (const collateral of data.holdings.filter((one) => one.isCollateral)) {
    for (const debt of data.holdings.filter((one) => one.isBorrowed)) {
      const one = assessPair(config, pool, position, data, collateral, debt)
      if (one === null) continue
      if ('reason' in one) gates.set(`${one.reason} ${one.detail}`, one)
      else found.push(one)
    }
  }
  return found.length > 0 ? found : blocked([...gates.values()])
}

function unjudgedGate(why: Unjudged): readonly Gate[] {
  if (why.missing === 'price') return [{ reason: 'feed-reverts', detail: `no price from ${why.feed}` }]
  if (why.missing === 'rules')
    return [{ reason: 'unproven-revision', detail: `tokens of ${why.asset} count balances by rules of their own` }]
  return []
}

function poolGate({ unproven, collateralManager }: AaveConfig, pool: Pool): Gate | null {
  const unsure = (detail: string): Gate => ({ reason: 'unproven-revision', detail: `${detail}: watched only` })
  if (pool.isPaused) return { reason: 'paused', detail: `pool ${pool.pool} is paused` }
  if (unproven === 'act') return null
  if (!pool.reproduces) return unsure(`figures of revision ${pool.revision} of ${pool.pool} were not proven`)
  return pool.manager === collateralManager ? null : unsure(`collateral manager ${pool.manager} was not checked`)
}

function assessPair(
  { closeFactorBps }: AaveConfig,
  pool: Pool,
  position: AavePosition,
  data: AccountData,
  collateral: Holding,
  debt: Holding,
): Opportunity<Pair> | Gate | null {
  if (debtOf(debt) === 0n || position.owner === null) return null
  const gate = activeGate(collateral) ?? activeGate(debt)
  if (gate !== null) return gate
  const on = { data, collateral, debt, closeFactorBps: BigInt(closeFactorBps) }
  const { cash, asset, bonusBps } = collateral.market.data
  const segments = acceptedInputs(on, cash)
  if (segments.length === 0) {
    return acceptedInputs(on, collateral.collateral).length === 0
      ? null
      : { reason: 'reserve-lacks-cash', detail: `${asset}: ${cash} can be paid out` }
  }
  return {
    id: `${position.id}/${asset}/${debt.market.data.asset}`,
    kind: 'liquidate',
    market: position.market,
    positions: [position.id],
    pays: { asset: debt.market.data.asset, spender: pool.pool },
    gets: [asset],
    capital: 'before',
    feasible: { input: 'debtToCover', segments },
    data: {
      user: position.owner,
      collateral: collateral.market.id,
      debt: debt.market.id,
      bonusBps: bonusBps - BPS,
    },
  }
}

/** A frozen reserve can be liquidated. */
const activeGate = ({ market: { data } }: Holding): Gate | null =>
  data.isActive ? null : { reason: 'gated', detail: `reserve ${data.asset} is not active` }
