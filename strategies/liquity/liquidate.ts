import { least, WAD } from '#core/numbers.ts'
import { type Conditions, ratioOf } from './conditions.ts'
import type { System, Trove } from './records.ts'
import { type Entire, entireOf } from './rewards.ts'

/** What becomes of one trove; amounts in wei of collateral and units of debt. */
export type Liquidated = {
  readonly entire: Entire
  readonly stake: bigint
  /** To the liquidator. */
  readonly compensation: bigint
  readonly debtOffset: bigint
  readonly collOffset: bigint
  readonly debtRedistributed: bigint
  readonly collRedistributed: bigint
  /** Left for its owner to claim. */
  readonly surplus: bigint
  readonly isCapped: boolean
}

/** What a call has come to before its next trove. */
export type Running = {
  readonly isRecovery: boolean
  readonly inPool: bigint
  readonly systemColl: bigint
  readonly systemDebt: bigint
  readonly troves: bigint
}

/** Of the system before the call. Source: TroveManager.batchLiquidateTroves. */
export function startOf(system: System, conditions: Conditions): Running {
  const systemColl = system.activeColl + system.defaultColl
  const systemDebt = system.activeDebt + system.defaultDebt
  return {
    isRecovery: ratioOf(systemColl, systemDebt, conditions.price) < conditions.ccr,
    inPool: system.deposits,
    systemColl,
    systemDebt,
    troves: system.troves,
  }
}

/**
 * The next trove of a call: `null` where it is passed over, `reverts` where the whole call does, because no trove would
 * be left. Source: TroveManager._liquidateNormalMode and _liquidateRecoveryMode.
 */
export function liquidateNext(
  system: System,
  trove: Trove,
  conditions: Conditions,
  now: Running,
): Liquidated | 'reverts' | null {
  const { price, mcr, divisor } = conditions
  const entire = entireOf(system, trove)
  const ratio = ratioOf(entire.coll, entire.debt, price)
  const isLast = now.troves <= 1n
  const compensation = entire.coll / divisor
  const plain = { entire, stake: trove.stake, compensation, surplus: 0n, isCapped: false }
  if (!now.isRecovery) {
    if (ratio >= mcr) return null
    return isLast ? 'reverts' : { ...plain, ...shared(entire.debt, entire.coll - compensation, now.inPool) }
  }
  if ((ratio >= mcr && now.inPool === 0n) || isLast) return null
  if (ratio <= WAD) return { ...plain, ...shared(entire.debt, entire.coll - compensation, 0n) }
  if (ratio < mcr) return { ...plain, ...shared(entire.debt, entire.coll - compensation, now.inPool) }
  const total = ratioOf(now.systemColl, now.systemDebt, price)
  return ratio < total && entire.debt <= now.inPool ? capped(entire, trove.stake, conditions) : null
}

/** As much of the debt as the pool has, and as large a part of the collateral. Source: _getOffsetAndRedistributionVals. */
function shared(debt: bigint, coll: bigint, inPool: bigint) {
  const debtOffset = least(debt, inPool)
  const collOffset = inPool > 0n ? (coll * debtOffset) / debt : 0n
  return { debtOffset, collOffset, debtRedistributed: debt - debtOffset, collRedistributed: coll - collOffset }
}

/** The pool gets no more than the minimum ratio is worth. Source: TroveManager._getCappedOffsetVals. */
function capped(entire: Entire, stake: bigint, { price, mcr, divisor }: Conditions): Liquidated {
  const most = (entire.debt * mcr) / price
  const compensation = most / divisor
  return {
    ...{ entire, stake, compensation, isCapped: true },
    ...{ debtOffset: entire.debt, collOffset: most - compensation, debtRedistributed: 0n, collRedistributed: 0n },
    surplus: entire.coll - most,
  }
}

/** Only a call that began in recovery mode looks again, and never goes back. */
export function after(now: Running, done: Liquidated, { price, ccr }: Conditions): Running {
  const [inPool, troves] = [now.inPool - done.debtOffset, now.troves - 1n]
  if (!now.isRecovery) return { ...now, inPool, troves }
  // The surplus and the liquidator's share are not taken off: as the contract has it, not as it should.
  const systemColl = now.systemColl - done.collOffset
  const systemDebt = now.systemDebt - done.debtOffset
  return { isRecovery: ratioOf(systemColl, systemDebt, price) < ccr, inPool, systemColl, systemDebt, troves }
}
