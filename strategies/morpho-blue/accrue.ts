import { mulDivDown } from '#core/numbers.ts'
import { borrowRate } from './borrow-rate.ts'
import { taylorCompounded, wMulDown } from './math.ts'
import type { Blue } from './records.ts'

/**
 * The market as any call at a timestamp first makes it: interest added, the fee's shares minted. A timestamp before the
 * last update is read as that update's. Source: Morpho._accrueInterest.
 */
export function accrued(blue: Blue, timestamp: number): Blue {
  const seconds = timestamp - blue.updatedAt
  if (blue.interest !== 'adaptive' || seconds <= 0) return blue
  const rate = borrowRate(blue, BigInt(seconds))
  return withInterest(blue, timestamp, rate.average, rate.rateAtTarget)
}

/** The same by a rate that somebody else worked out. */
export function withInterest(blue: Blue, timestamp: number, average: bigint, rateAtTarget: bigint): Blue {
  const interest = wMulDown(blue.totalBorrowAssets, taylorCompounded(average, BigInt(timestamp - blue.updatedAt)))
  const totalSupplyAssets = blue.totalSupplyAssets + interest
  const fee = wMulDown(interest, blue.fee)
  // As shares of what is supplied without the fee itself, the virtual ones counted in.
  const feeShares = mulDivDown(fee, blue.totalSupplyShares + 1_000_000n, totalSupplyAssets - fee + 1n)
  return {
    ...blue,
    totalBorrowAssets: blue.totalBorrowAssets + interest,
    totalSupplyAssets,
    totalSupplyShares: blue.totalSupplyShares + feeShares,
    updatedAt: timestamp,
    rateAtTarget,
  }
}
