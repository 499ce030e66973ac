import { compoundGrowth, linearGrowth } from './interest.ts'
import { rayMul } from './math.ts'
import type { Reserve } from './records.ts'

export type Indices = {
  readonly liquidity: bigint
  readonly borrow: bigint
  /** What a transaction stores: where suppliers earn nothing the pool forgets what debt has grown by. */
  readonly storedBorrow: bigint
}

/**
 * The indices in a transaction at a timestamp, ray. A timestamp before the last update is read as that update's.
 * Source: ReserveLogic.getNormalizedIncome, getNormalizedDebt, _updateIndexes.
 */
export function indicesAt(reserve: Reserve, timestamp: number): Indices {
  const { liquidityIndex: liquidity, variableBorrowIndex: borrow } = reserve
  const seconds = BigInt(timestamp - reserve.updatedAt)
  if (seconds <= 0n) return { liquidity, borrow, storedBorrow: borrow }
  const grown = rayMul(compoundGrowth(reserve.variableBorrowRate, seconds), borrow)
  return {
    liquidity: rayMul(linearGrowth(reserve.liquidityRate, seconds), liquidity),
    borrow: grown,
    storedBorrow: reserve.liquidityRate > 0n ? grown : borrow,
  }
}
