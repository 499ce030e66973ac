import { linearGrowth } from './interest.ts'
import { rayMulHalf } from './math.ts'
import type { Reserve } from './records.ts'
import type { Rounding } from './rounding.ts'

/**
 * Both indices at a timestamp, ray, rounded as the pool rounds them in a transaction at that second. A timestamp before
 * the last update is read as that update's. Source: ReserveLogic.getNormalizedIncome and getNormalizedDebt.
 */
export function indicesAt(
  reserve: Reserve,
  timestamp: number,
  rounding: Rounding,
): { readonly liquidity: bigint; readonly borrow: bigint } {
  const seconds = BigInt(timestamp - reserve.updatedAt)
  if (seconds <= 0n) return { liquidity: reserve.liquidityIndex, borrow: reserve.variableBorrowIndex }
  return {
    liquidity: rayMulHalf(linearGrowth(reserve.liquidityRate, seconds), reserve.liquidityIndex),
    borrow: rayMulHalf(rounding.debtGrowth(reserve.variableBorrowRate, seconds), reserve.variableBorrowIndex),
  }
}
