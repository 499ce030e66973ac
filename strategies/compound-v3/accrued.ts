import { mulFactor, presentValue, rateAt, utilisation } from './math.ts'
import type { Comet, Totals } from './records.ts'

/**
 * The totals as a transaction at that second would first make them: both indices grow by a straight line from the last
 * accrual, at the rates of the utilisation then. A timestamp before it is read as the accrual's.
 * Source: Comet.accruedInterestIndices, Comet.accrueInternal.
 */
export function accrued(comet: Comet, totals: Totals, timestamp: number): Totals {
  const seconds = BigInt(timestamp - totals.accruedAt)
  if (seconds <= 0n) return totals
  const { supplyIndex, borrowIndex, supplied, borrowed } = totals
  const use = utilisation(presentValue(supplied, supplyIndex), presentValue(borrowed, borrowIndex))
  return {
    ...totals,
    supplyIndex: supplyIndex + mulFactor(supplyIndex, rateAt(comet.supplyRate, use) * seconds),
    borrowIndex: borrowIndex + mulFactor(borrowIndex, rateAt(comet.borrowRate, use) * seconds),
    accruedAt: timestamp,
  }
}

/**
 * Base token that belongs to nobody else, of totals already accrued; negative where more was written off than earned.
 * Source: Comet.getReserves.
 */
export function reservesOf({ cash, supplied, borrowed, supplyIndex, borrowIndex }: Totals): bigint {
  return cash - presentValue(supplied, supplyIndex) + presentValue(borrowed, borrowIndex)
}

/** Collateral is sold only while reserves are short. Source: Comet.buyCollateral. */
export const isForSale = ({ targetReserves }: Comet, reserves: bigint): boolean =>
  reserves < 0n || reserves < targetReserves
