import { least } from '#core/numbers.ts'
import type { AccountData, Holding } from './account-data.ts'
import { percentDiv, percentMul, rayDiv } from './math.ts'

/** One pair of an account that may be liquidated, and the share of its debt that one call repays. */
export type Case = {
  readonly data: AccountData
  readonly collateral: Holding
  readonly debt: Holding
  readonly closeFactorBps: bigint
}

/** What `liquidationCall` does; amounts in units of their assets. */
export type Liquidation = {
  readonly repay: bigint
  /** Of which at the variable rate: this debt goes first. */
  readonly repayVariable: bigint
  readonly seize: bigint
  readonly isCapped: boolean
}

export const debtOf = ({ variableDebt, stableDebt }: Holding): bigint => variableDebt + stableDebt

/** The most of the pair's debt that one call takes. Source: LendingPoolCollateralManager.liquidationCall. */
export const mostRepaid = ({ debt, closeFactorBps }: Case): bigint => percentMul(debtOf(debt), closeFactorBps)

/**
 * Collateral that repaying so much would take before the borrower's balance caps it: the bonus is applied to the full
 * product, and one division comes last. Source: _calculateAvailableCollateralToLiquidate.
 */
export function seizable({ collateral, debt }: Case, repay: bigint): bigint {
  const { unit, bonusBps } = collateral.market.data
  return percentMul(debt.price * repay * unit, bonusBps) / (collateral.price * debt.market.data.unit)
}

/** Debt that all of the collateral pays back. Source: the same. */
export function debtNeeded({ collateral, debt }: Case): bigint {
  const value =
    (collateral.price * collateral.collateral * debt.market.data.unit) / (debt.price * collateral.market.data.unit)
  return percentDiv(value, collateral.market.data.bonusBps)
}

/** What one call with `input` (`debtToCover`) does, whatever gates may forbid it. */
export function liquidate(on: Case, input: bigint): Liquidation {
  const wanted = least(input, mostRepaid(on))
  const most = seizable(on, wanted)
  const isCapped = most > on.collateral.collateral
  const repay = isCapped ? least(wanted, debtNeeded(on)) : wanted
  return {
    repay,
    repayVariable: least(repay, on.debt.variableDebt),
    seize: isCapped ? on.collateral.collateral : most,
    isCapped,
  }
}

/** Scaled debt that goes with it. Source: VariableDebtToken.burn. */
export const variableBurnt = ({ debt }: Case, { repayVariable }: Liquidation): bigint =>
  rayDiv(repayVariable, debt.indices.storedBorrow)
/** Scaled collateral that goes with it. Source: AToken.burn. */
export const collateralBurnt = ({ collateral }: Case, { seize }: Liquidation): bigint =>
  rayDiv(seize, collateral.indices.liquidity)

/** Tokens revert when asked to burn nothing, scaled (58), or more than there is. */
export function burns(on: Case, done: Liquidation): boolean {
  if (done.repay === 0n || collateralBurnt(on, done) === 0n) return false
  if (done.repayVariable === 0n) return true
  const burnt = variableBurnt(on, done)
  return burnt > 0n && burnt <= on.debt.balance.debt
}
