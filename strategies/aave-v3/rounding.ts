import { BPS, mulDivDown, mulDivUp } from '#core/numbers.ts'
import { binomialGrowth, exponentialGrowth } from './interest.ts'
import {
  percentDivDown,
  percentDivHalf,
  percentDivUp,
  percentMulDown,
  percentMulHalf,
  percentMulUp,
  rayDivDown,
  rayDivHalf,
  rayDivUp,
  rayMulDown,
  rayMulHalf,
  rayMulUp,
  wadDivHalf,
} from './math.ts'

export type RoundingName = 'v3.0' | 'v3.3' | 'v3.4' | 'v3.5' | 'v3.7'

/** Everything in which the versions differ that a liquidation's figures depend on. Amounts in units of the asset. */
export type Rounding = {
  readonly name: RoundingName
  readonly collateralBalance: (scaled: bigint, index: bigint) => bigint
  readonly debtBalance: (scaled: bigint, index: bigint) => bigint
  /** Debt in base currency. */
  readonly debtInBase: (debt: bigint, price: bigint, unit: bigint) => bigint
  /** `weighted` is Σ collateral · threshold in base currency times bps. Debt is above zero. */
  readonly healthFactor: (collateral: bigint, weighted: bigint, debt: bigint) => bigint
  readonly debtGrowth: (rate: bigint, seconds: bigint) => bigint
  readonly seizable: (base: bigint, bonus: bigint) => bigint
  /** Debt repaid when all collateral, worth `value` in units of the debt, is seized. */
  readonly debtNeeded: (value: bigint, bonus: bigint) => bigint
  readonly protocolFee: (collateral: bigint, bonus: bigint, fee: bigint) => bigint
  readonly burnDebt: (amount: bigint, index: bigint) => bigint
  readonly burnCollateral: (amount: bigint, index: bigint) => bigint
  readonly moveCollateral: (amount: bigint, index: bigint) => bigint
  /** Half of the reserve's debt, or half of all debt and only of positions that are not small. */
  readonly closeFactorOf: 'reserve' | 'total'
  readonly forbidsDust: boolean
  readonly writesOffBadDebt: boolean
  /** Collateral without a threshold of its own is neither counted nor seized. */
  readonly ignoresZeroThreshold: boolean
}

const averagedHealth = (collateral: bigint, weighted: bigint, debt: bigint): bigint =>
  wadDivHalf(percentMulHalf(collateral, collateral === 0n ? 0n : weighted / collateral), debt)
const feeHalf = (collateral: bigint, bonus: bigint, fee: bigint): bigint =>
  percentMulHalf(collateral - percentDivHalf(collateral, bonus), fee)

const v30: Rounding = {
  name: 'v3.0',
  collateralBalance: rayMulHalf,
  debtBalance: rayMulHalf,
  debtInBase: mulDivDown,
  healthFactor: averagedHealth,
  debtGrowth: binomialGrowth,
  seizable: percentMulHalf,
  debtNeeded: percentDivHalf,
  protocolFee: feeHalf,
  burnDebt: rayDivHalf,
  burnCollateral: rayDivHalf,
  moveCollateral: rayDivHalf,
  closeFactorOf: 'reserve',
  forbidsDust: false,
  writesOffBadDebt: false,
  ignoresZeroThreshold: true,
}
const v33: Rounding = {
  ...v30,
  name: 'v3.3',
  closeFactorOf: 'total',
  forbidsDust: true,
  writesOffBadDebt: true,
}
const v34: Rounding = { ...v33, name: 'v3.4', debtGrowth: exponentialGrowth }
const v35: Rounding = {
  ...v34,
  name: 'v3.5',
  collateralBalance: rayMulDown,
  debtBalance: rayMulUp,
  debtInBase: mulDivUp,
  healthFactor: (_collateral, weighted, debt) => wadDivHalf(weighted, debt) / BPS,
  debtNeeded: percentDivUp,
  burnDebt: rayDivDown,
  burnCollateral: rayDivUp,
  moveCollateral: rayDivUp,
  ignoresZeroThreshold: false,
}
const v37: Rounding = {
  ...v35,
  name: 'v3.7',
  seizable: percentMulDown,
  protocolFee: (collateral, bonus, fee) => percentMulUp(collateral - percentDivDown(collateral, bonus), fee),
}

export const roundings: Readonly<Record<RoundingName, Rounding>> = {
  'v3.0': v30,
  'v3.3': v33,
  'v3.4': v34,
  'v3.5': v35,
  'v3.7': v37,
}

/** Revisions whose rules the fuzzer proves against the real contracts here: 3.0's and 3.6's own. */
export const provenRevisions: readonly number[] = [1, 10]

/** The family a revision of Aave's own numbering belongs to; `null` for a number that is not one of them. */
export function roundingOfRevision(revision: number): RoundingName | null {
  if (revision >= 1 && revision <= 6) return 'v3.0'
  const later: { readonly [revision: number]: RoundingName } = {
    7: 'v3.3',
    8: 'v3.4',
    9: 'v3.5',
    10: 'v3.5',
    11: 'v3.7',
  }
  return later[revision] ?? null
}
