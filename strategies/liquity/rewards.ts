import { WAD } from '#core/numbers.ts'
import type { System, Trove } from './records.ts'

/** What a trove has and owes with all that was redistributed to it, and how much of it is pending. */
export type Entire = {
  readonly coll: bigint
  readonly debt: bigint
  readonly pendingColl: bigint
  readonly pendingDebt: bigint
}

/** Rounds down. Source: TroveManager.getPendingETHReward, getEntireDebtAndColl. */
export function entireOf(system: System, trove: Trove): Entire {
  const pendingColl = (trove.stake * (system.collPerStake - trove.collSnapshot)) / WAD
  const pendingDebt = (trove.stake * (system.debtPerStake - trove.debtSnapshot)) / WAD
  return { coll: trove.coll + pendingColl, debt: trove.debt + pendingDebt, pendingColl, pendingDebt }
}

/** A new stake, rounded down. Source: TroveManager._computeNewStake. */
export const stakeOf = (system: System, coll: bigint): bigint =>
  system.collSnapshot === 0n ? coll : (coll * system.stakesSnapshot) / system.collSnapshot
