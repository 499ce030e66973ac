import { least, WAD } from '#core/numbers.ts'
import type { AccountData, Held } from './account-data.ts'
import type { CToken, Family, Hub } from './records.ts'

/** One debt repaid against one collateral, both markets accrued. */
export type Pair = { readonly hub: Hub; readonly debt: Held; readonly collateral: Held }
export const pairIn = ({ hub }: AccountData, debt: Held, collateral: Held): Pair => ({ hub, debt, collateral })

/**
 * cTokens seized per unit repaid, wad; `null` where the division has nothing to divide by.
 * Source: Comptroller.liquidateCalculateSeizeTokens, ComptrollerLens._calculateSeizeTokens.
 */
export function seizeRatio({ debt, collateral }: Pair): bigint | null {
  const denominator = (collateral.price * collateral.accrued.rate) / WAD
  return denominator === 0n ? null : (((collateral.incentive * debt.price) / WAD) * WAD) / denominator
}

/** What becomes of cTokens taken from a borrower. */
export type Split = {
  readonly liquidator: bigint
  readonly protocol: bigint
  /** Underlying that leaves the market, or stays in it as reserves. */
  readonly protocolUnderlying: bigint
}

/** Source: CToken.seizeInternal, VToken._seize (isolated), Liquidator._splitLiquidationIncentive. */
export function splitOf(hub: Hub, { now, incentive, accrued: { rate } }: Held, tokens: bigint): Split {
  const protocol = protocolTokens(hub, now, incentive, tokens)
  return { liquidator: tokens - protocol, protocol, protocolUnderlying: (rate * protocol) / WAD }
}

function protocolTokens(hub: Hub, { seizeShare }: CToken, incentive: bigint, tokens: bigint): bigint {
  const kept: Record<Family, () => bigint> = {
    compound: () => (tokens * seizeShare) / WAD,
    'venus-isolated': () => (((tokens * seizeShare) / WAD) * WAD) / incentive,
    'venus-core': () =>
      hub.liquidator === null ? 0n : (((tokens * (incentive - WAD)) / incentive) * hub.treasuryShare) / WAD,
  }
  return kept[hub.family]()
}

/**
 * The most that can be repaid so that what it seizes is there to be seized; `null` where nothing bounds it. What is
 * seized is never clamped: one unit more reverts.
 */
export function mostByBalance(pair: Pair, ratio: bigint): bigint | null {
  return ratio === 0n ? null : ((pair.collateral.tokens + 1n) * WAD - 1n) / ratio
}

/** The most of the pair's debt that one call takes. Source: liquidateBorrowAllowed, preLiquidateHook. */
export const mostByDebt = ({ hub, debt }: Pair): bigint =>
  debt.isForced ? debt.accrued.owed : least(debt.accrued.owed, (hub.closeFactor * debt.accrued.owed) / WAD)

/** The largest repay the contracts take; 0 where none is. Isolated pools pay their share out of the market's cash at once. */
export function mostRepaid(pair: Pair, upTo = mostByDebt(pair)): bigint {
  const ratio = seizeRatio(pair)
  if (ratio === null) return 0n
  const byBalance = mostByBalance(pair, ratio)
  const most = byBalance === null ? upTo : least(upTo, byBalance)
  if (pair.hub.family !== 'venus-isolated') return most
  return lastWhere(most, (repay) => paysItsShare(pair, (ratio * repay) / WAD, repay))
}

export function paysItsShare({ hub, debt, collateral }: Pair, seized: bigint, repay: bigint): boolean {
  const cash = collateral.now.cash + (debt.market === collateral.market ? repay : 0n)
  return splitOf(hub, collateral, seized).protocolUnderlying <= cash
}

/** The last integer from 1 up to `to` of those that hold, the smaller ones holding too; 0 where 1 does not. */
export function lastWhere(to: bigint, holds: (at: bigint) => boolean): bigint {
  if (to <= 0n || holds(to)) return to
  let [low, high] = [0n, to]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}
