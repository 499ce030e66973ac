import type { Market } from '#core/book.ts'
import { WAD } from '#core/numbers.ts'
import { type Blocked, isBlocked, type Opportunity } from '#core/opportunity.ts'
import { mostAccepted } from './accepted.ts'
import { type AccountData, accountData, type CompoundScene, type Held } from './account-data.ts'
import type { CompoundConfig } from './config.ts'
import { bonusBps, type Gate, pairGate } from './gates.ts'
import { type Case, type CompoundMarket, type CompoundPosition, isHub } from './records.ts'
import { assessSmall } from './small-account.ts'
import { isLiquidatable, pairsOf, shortfallOf } from './standing.ts'

export type Found = Opportunity<Case> | Blocked

/**
 * One opportunity for each pair of debt and collateral; where an account is below the line and no pair can be taken,
 * each reason once. Source of the gates: liquidateBorrowAllowed and seizeAllowed, or preLiquidateHook and preSeizeHook.
 */
export function assess(
  config: CompoundConfig,
  scene: CompoundScene,
  market: Market<CompoundMarket>,
  candidates: readonly CompoundPosition[],
): readonly Found[] {
  if (!isHub(market)) return []
  return candidates.flatMap((position) => assessOne(config, scene, position))
}

function assessOne(config: CompoundConfig, scene: CompoundScene, position: CompoundPosition): readonly Found[] {
  const data = accountData(scene, position)
  const blocked = ({ reason, detail }: Gate): Blocked => ({ position: position.id, reason, detail })
  if ('missing' in data)
    return data.missing === 'price' ? [blocked({ reason: 'feed-reverts', detail: `no price from ${data.feed}` })] : []
  if (!isLiquidatable(data.hub.family, data.held)) return []
  const closed = accountGate(config, data)
  if (closed !== null) return [blocked(closed)]
  const found: Found[] = []
  for (const [debt, collateral] of pairsOf(data.held as readonly Held[]) as readonly (readonly [Held, Held])[]) {
    const one = assessPair(data, position, debt, collateral)
    if (one === 'small') continue
    if (one !== null) found.push('detail' in one ? blocked(one) : one)
  }
  if (data.hub.family === 'venus-isolated') {
    const small = assessSmall(data, position)
    if (small !== null) found.push('detail' in small ? blocked(small) : small)
  }
  const opportunities = found.filter((one) => !isBlocked(one))
  return opportunities.length > 0
    ? opportunities
    : [...new Map(found.filter(isBlocked).map((one) => [one.detail, one])).values()]
}

function accountGate(config: CompoundConfig, { hub, account }: AccountData): Gate | null {
  if (!hub.proven && config.unproven === 'watch') {
    const detail = `the rules of ${hub.comptroller} were not proven against its contracts: watched only`
    return { reason: 'unproven-revision', detail }
  }
  if (hub.isPaused) return { reason: 'paused', detail: `${hub.comptroller} is paused` }
  if (account.isRestricted) return { reason: 'gated', detail: 'only liquidators named for this borrower may act' }
  return null
}

function assessPair(
  data: AccountData,
  position: CompoundPosition,
  debt: Held,
  collateral: Held,
): Opportunity<Case> | Gate | 'small' | null {
  const { hub, held } = data
  if (position.owner === null) return null
  const standing = debt.isForced
    ? { accrue: [], sum: null }
    : shortfallOf(hub.family, held, [debt.market, collateral.market])
  if (standing === null) return null
  // `isForced` of a market passes the rule about small accounts too.
  if (standing.sum !== null && hub.family === 'venus-isolated' && standing.sum.collateral <= hub.smallCollateral)
    return 'small'
  const gate = pairGate(hub, debt, collateral)
  if (gate !== null) return gate
  // Venus' Liquidator takes the bonus apart: less than none reverts.
  if (hub.liquidator !== null && collateral.incentive < WAD) return null
  const to = mostAccepted(data, debt, collateral, standing.accrue)
  if (to === 0n) return null
  return {
    id: `${position.id}/${debt.market}/${collateral.market}`,
    kind: 'liquidate',
    market: position.market,
    positions: [position.id],
    pays: { asset: debt.of.data.underlying, spender: hub.liquidator ?? debt.of.data.cToken },
    gets: [collateral.of.data.cToken],
    capital: 'before',
    feasible: { input: 'repayAmount', segments: [{ from: 1n, to }] },
    data: {
      how: 'liquidateBorrow',
      borrower: position.owner,
      debt: debt.market,
      collaterals: [collateral.market],
      repays: [],
      accrue: standing.accrue,
      bonusBps: bonusBps(collateral),
    },
  }
}
