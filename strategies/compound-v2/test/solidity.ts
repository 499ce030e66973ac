import { least } from '#core/numbers.ts'
import type { Held } from '../account-data.ts'
import type { CToken, Family, Hub } from '../records.ts'

/**
 * The contracts' arithmetic once more, as `ExponentialNoError` has it: every value is an `Exp` or a plain integer, and
 * every operation truncates by itself. Written from the Solidity alone, to be compared with the strategy's own.
 */
const expScale = 10n ** 18n
type Exp = { readonly mantissa: bigint }
const exp = (mantissa: bigint): Exp => ({ mantissa })
const truncate = ({ mantissa }: Exp): bigint => mantissa / expScale
const mulExp = (a: Exp, b: Exp): Exp => exp((a.mantissa * b.mantissa) / expScale)
const mulScalar = (a: Exp, scalar: bigint): Exp => exp(a.mantissa * scalar)
const divExp = (a: Exp, b: Exp): Exp => exp((a.mantissa * expScale) / b.mantissa)
const mulTruncate = (a: Exp, scalar: bigint): bigint => truncate(mulScalar(a, scalar))
const mulTruncateAdd = (a: Exp, scalar: bigint, addend: bigint): bigint => mulTruncate(a, scalar) + addend

export const truncated = (mantissa: bigint, scalar: bigint): bigint => mulTruncate(exp(mantissa), scalar)

export function accrueInterest(market: CToken, slot: number): CToken {
  const delta = slot - market.accruedAt
  if (delta === 0) return market
  const simpleInterestFactor = mulScalar(exp(market.rate), BigInt(delta))
  const interestAccumulated = mulTruncate(simpleInterestFactor, market.borrows)
  const totalReservesNew = mulTruncateAdd(exp(market.reserveFactor), interestAccumulated, market.reserves)
  const next = {
    ...market,
    accruedAt: slot,
    borrows: interestAccumulated + market.borrows,
    reserves: totalReservesNew,
    borrowIndex: mulTruncateAdd(simpleInterestFactor, market.borrowIndex, market.borrowIndex),
  }
  if (market.reduceEvery === null || slot - market.reducedAt < market.reduceEvery) return next
  const reduceAmount = least(next.cash, totalReservesNew)
  return { ...next, reducedAt: slot, reserves: totalReservesNew - reduceAmount, cash: next.cash - reduceAmount }
}

export function weighted(family: Family, factor: bigint, rate: bigint, price: bigint, tokens: bigint): bigint {
  const perToken =
    family === 'venus-isolated'
      ? mulExp(exp(factor), mulExp(exp(rate), exp(price)))
      : mulExp(mulExp(exp(factor), exp(rate)), exp(price))
  return mulTruncateAdd(perToken, tokens, 0n)
}

type Pair = { readonly hub: Hub; readonly debt: Held; readonly collateral: Held }

/** liquidateBorrowAllowed, liquidateCalculateSeizeTokens, LIQUIDATE_SEIZE_TOO_MUCH and, in isolated pools, the cash for the share. */
export function liquidates({ hub, debt, collateral }: Pair, repayAmount: bigint): boolean {
  const maxClose = mulTruncate(exp(hub.closeFactor), debt.accrued.owed)
  if (repayAmount === 0n || repayAmount > maxClose) return false
  const numerator = mulExp(exp(collateral.incentive), exp(debt.price))
  const denominator = mulExp(exp(collateral.price), exp(collateral.accrued.rate))
  if (denominator.mantissa === 0n) return false
  const seizeTokens = mulTruncate(divExp(numerator, denominator), repayAmount)
  if (seizeTokens > collateral.tokens) return false
  if (hub.family !== 'venus-isolated') return true
  const amount = mulTruncate(exp(collateral.accrued.rate), protocolTokens(hub, collateral, seizeTokens))
  return amount <= collateral.now.cash
}

export function protocolTokens(hub: Hub, { now, incentive }: Held, seizeTokens: bigint): bigint {
  if (hub.family === 'compound') return mulTruncate(exp(now.seizeShare), seizeTokens)
  if (hub.family === 'venus-isolated') return (mulTruncate(exp(now.seizeShare), seizeTokens) * expScale) / incentive
  const bonusAmount = (seizeTokens * (incentive - expScale)) / incentive
  return hub.liquidator === null ? 0n : (bonusAmount * hub.treasuryShare) / expScale
}
