import { least, WAD } from '#core/numbers.ts'
import type { AccountData, Holding } from './account-data.ts'
import { percentMulHalf } from './math.ts'

/** All of an account's debt in a reserve may be repaid at or below it. */
const wholeBelow = (95n * WAD) / 100n
const halfBps = 5_000n
/** In base currency, as the pool's constants have it: 2,000 and 1,000 of 1e8. */
const smallBase = 200_000_000_000n
export const dustBase = 100_000_000_000n

/** One pair of an account that may be liquidated. */
export type Case = { readonly data: AccountData; readonly collateral: Holding; readonly debt: Holding }

/** What `liquidationCall` does; amounts in units of their assets. */
export type Liquidation = {
  readonly repay: bigint
  /** To the liquidator; the protocol's fee is taken off. */
  readonly seize: bigint
  readonly fee: bigint
  readonly isCapped: boolean
  /** Nothing that counts is left: the rest of the debt is written off, where the version does so. */
  readonly leavesNoCollateral: boolean
}
export type Reverts = 'burns-nothing' | 'leaves-dust'

/** The most of the pair's debt that one call takes. Source: LiquidationLogic._calculateDebt (3.0), executeLiquidationCall (3.3 on). */
export function mostRepaid({ data, collateral, debt }: Case): bigint {
  const { rounding, healthFactor } = data
  const isWhole = healthFactor === null || healthFactor <= wholeBelow
  if (rounding.closeFactorOf === 'reserve') return isWhole ? debt.debt : percentMulHalf(debt.debt, halfBps)
  const { unit } = debt.market.data
  const debtBase = rounding.debtInBase(debt.debt, debt.price, unit)
  if (isWhole || collateral.collateralBase < smallBase || debtBase < smallBase) return debt.debt
  const half = percentMulHalf(data.debt, halfBps)
  return debtBase > half ? (half * unit) / debt.price : debt.debt
}

/** Source: LiquidationLogic._getConfigurationData, 3.0; later versions know no common price. */
const debtPrice = (data: AccountData, debt: Holding): bigint => data.commonPrice ?? debt.price

/** Collateral that repaying so much would take before the borrower's balance caps it, the fee included. */
export function seizable({ data, collateral, debt }: Case, repay: bigint): bigint {
  const base =
    (debtPrice(data, debt) * repay * collateral.market.data.unit) / (collateral.price * debt.market.data.unit)
  return data.rounding.seizable(base, collateral.bonusBps)
}

/**
 * What one call with `input` (`debtToCover`) does, whatever gates may forbid it.
 * Source: LiquidationLogic.executeLiquidationCall and _calculateAvailableCollateralToLiquidate, 3.0 and 3.6.
 */
export function liquidate(on: Case, input: bigint): Liquidation {
  const { data, collateral, debt } = on
  const wanted = least(input, mostRepaid(on))
  const most = seizable(on, wanted)
  const isCapped = most > collateral.collateral
  const whole = isCapped ? collateral.collateral : most
  const repay = isCapped
    ? data.rounding.debtNeeded(
        (collateral.price * whole * debt.market.data.unit) / (debtPrice(data, debt) * collateral.market.data.unit),
        collateral.bonusBps,
      )
    : wanted
  const { feeBps } = collateral.market.data
  const fee = feeBps === 0n ? 0n : data.rounding.protocolFee(whole, collateral.bonusBps, feeBps)
  const seizedBase = (whole * collateral.price) / collateral.market.data.unit
  return { repay, seize: whole - fee, fee, isCapped, leavesNoCollateral: seizedBase === data.collateral }
}

/** The pool's own refusals that depend on the amount; `null` where it goes through. */
export function refusal(on: Case, done: Liquidation): Reverts | null {
  if (!burns(on, done)) return 'burns-nothing'
  return leavesDust(on, done) ? 'leaves-dust' : null
}

/** Debt and collateral tokens revert when asked to burn nothing (`InvalidBurnAmount`). */
export function burns({ data, collateral, debt }: Case, done: Liquidation): boolean {
  const { rounding } = data
  const burnt = rounding.writesOffBadDebt && done.leavesNoCollateral ? debt.debt : done.repay
  return (
    rounding.burnDebt(burnt, debt.borrowIndex) > 0n &&
    rounding.burnCollateral(done.seize, collateral.liquidityIndex) > 0n
  )
}

/** From 3.3 on: a call that takes neither all debt nor all collateral must leave 1,000 of each (`MustNotLeaveDust`). */
function leavesDust(on: Case, done: Liquidation): boolean {
  if (!on.data.rounding.forbidsDust || takesAll(on, done)) return false
  return !leavesEnoughDebt(on, done) || !leavesEnoughCollateral(on, done)
}

export const takesAll = ({ collateral, debt }: Case, done: Liquidation): boolean =>
  done.repay >= debt.debt || done.seize + done.fee >= collateral.collateral

export const leavesEnoughDebt = ({ data, debt }: Case, done: Liquidation): boolean =>
  data.rounding.debtInBase(debt.debt - done.repay, debt.price, debt.market.data.unit) >= dustBase

export const leavesEnoughCollateral = ({ collateral }: Case, done: Liquidation): boolean =>
  ((collateral.collateral - done.seize - done.fee) * collateral.price) / collateral.market.data.unit >= dustBase
