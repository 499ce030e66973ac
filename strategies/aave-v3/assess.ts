import type { Market } from '#core/book.ts'
import { BPS, WAD } from '#core/numbers.ts'
import type { Blocked, GateReason, Opportunity } from '#core/opportunity.ts'
import { type AaveScene, type AccountData, accountData, type Holding } from './account-data.ts'
import type { AaveConfig } from './config.ts'
import { sentinelFeed } from './feeds.ts'
import type { AaveMarket, AavePosition, Pair, Pool } from './records.ts'
import { isPool } from './records.ts'
import { acceptedInputs } from './segments.ts'

export type Found = Opportunity<Pair> | Blocked
type Gate = { readonly reason: GateReason; readonly detail: string }

/** Below it the sequencer's grace does not protect a position. Source: ValidationLogic, 3.0 to 3.6; 3.7 asks no sentinel. */
const sequencerFloor = (95n * WAD) / 100n

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
  if ('missing' in data) {
    return data.missing === 'price' ? blocked([{ reason: 'feed-reverts', detail: `no price from ${data.feed}` }]) : []
  }
  if (data.healthFactor === null || data.healthFactor >= WAD) return []
  const closed = poolGate(config, scene, pool, data.healthFactor)
  if (closed !== null) return blocked([closed])
  const found: Opportunity<Pair>[] = []
  const gates = new Map<string, Gate>()
  for (const collateral of data.holdings.filter((one) => one.isCollateral)) {
    for (const debt of data.holdings.filter((one) => one.isBorrowed)) {
      const one = assessPair(scene, pool, position, data, collateral, debt)
      if (one === null) continue
      if ('reason' in one) gates.set(`${one.reason} ${one.detail}`, one)
      else found.push(one)
    }
  }
  return found.length > 0 ? found : blocked([...gates.values()])
}

function poolGate(config: AaveConfig, scene: AaveScene, pool: Pool, healthFactor: bigint): Gate | null {
  if (!pool.proven && config.unproven === 'watch') {
    return {
      reason: 'unproven-revision',
      detail: `revision ${pool.revision} of ${pool.pool} was not proven against its contracts: watched only`,
    }
  }
  if (pool.sentinel === null || pool.rounding === 'v3.7' || healthFactor < sequencerFloor) return null
  const allowed = scene.feed(sentinelFeed(pool))
  return allowed?.value === 1n
    ? null
    : { reason: 'sequencer-down', detail: 'the sequencer is down or has just come back' }
}

function assessPair(
  scene: AaveScene,
  pool: Pool,
  position: AavePosition,
  data: AccountData,
  collateral: Holding,
  debt: Holding,
): Opportunity<Pair> | Gate | null {
  // Without a bonus (collateral of an e-mode only, the account being in none) nothing is seized: the pool reverts.
  if (debt.debt === 0n || collateral.bonusBps === 0n || position.owner === null) return null
  const gate = reserveGate(scene, collateral) ?? reserveGate(scene, debt)
  if (gate !== null) return gate
  if (debt.balance.stable !== null) return { reason: 'gated', detail: 'the debt is at a stable rate: not computed' }
  const on = { data, collateral, debt }
  const { cash, asset } = collateral.market.data
  const { segments, wholeFrom } = acceptedInputs(on, cash)
  if (segments.length === 0) {
    return acceptedInputs(on, collateral.collateral).segments.length === 0
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
      wholeFrom,
      bonusBps: collateral.bonusBps - BPS,
    },
  }
}

function reserveGate(scene: AaveScene, { market }: Holding): Gate | null {
  const { asset, isActive, isPaused, graceUntil } = market.data
  if (!isActive) return { reason: 'gated', detail: `reserve ${asset} is not active` }
  if (isPaused) return { reason: 'paused', detail: `reserve ${asset} is paused` }
  if (graceUntil >= scene.block.timestamp) {
    return { reason: 'grace-period', detail: `reserve ${asset} until second ${graceUntil}` }
  }
  return null
}
