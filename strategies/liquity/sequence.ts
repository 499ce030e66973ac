import type { Address } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { WAD } from '#core/numbers.ts'
import type { Conditions } from './conditions.ts'
import { after, type Liquidated, liquidateNext, startOf } from './liquidate.ts'
import { type System, type Trove, troveId } from './records.ts'

/** What one call does: who is taken, in order, and the system it leaves. */
export type Sequence = {
  readonly taken: readonly { readonly owner: Address; readonly done: Liquidated }[]
  readonly beganInRecovery: boolean
  readonly endedInRecovery: boolean
  readonly compensation: bigint
  readonly after: System
}

/**
 * `batchLiquidateTroves` of these owners, whoever is passed over; `null` where it reverts: nothing to liquidate, the last
 * trove among them, or nobody left with a stake to redistribute to.
 */
export function sequence(
  system: System,
  book: Pick<Book<System, Trove>, 'position'>,
  owners: readonly Address[],
  conditions: Conditions,
): Sequence | null {
  const start = startOf(system, conditions)
  const taken: { owner: Address; done: Liquidated }[] = []
  const seen = new Set<Address>()
  let now = start
  for (const owner of owners) {
    const trove = book.position(troveId(system.manager, owner))?.data
    if (trove === undefined || seen.has(owner)) continue
    const done = liquidateNext(system, trove, conditions, now)
    if (done === 'reverts') return null
    if (done === null) continue
    taken.push({ owner, done })
    seen.add(owner)
    now = after(now, done, conditions)
  }
  const all = taken.map(({ done }) => done)
  const left = taken.length === 0 ? null : systemAfter(system, all)
  if (left === null) return null
  const compensation = sumOf(all, (one) => one.compensation)
  return { taken, beganInRecovery: start.isRecovery, endedInRecovery: now.isRecovery, compensation, after: left }
}

const sumOf = (all: readonly Liquidated[], part: (one: Liquidated) => bigint): bigint =>
  all.reduce((sum, one) => sum + part(one), 0n)

/**
 * Pending rewards come back to the active pool, debt is offset, the rest is redistributed to the stakes that are left,
 * once for all troves. Source: StabilityPool.offset, TroveManager._redistributeDebtAndColl,
 * _updateSystemSnapshots_excludeCollRemainder and _sendGasCompensation, in that order.
 */
function systemAfter(system: System, all: readonly Liquidated[]): System | null {
  const [pendingColl, pendingDebt] = [
    sumOf(all, ({ entire }) => entire.pendingColl),
    sumOf(all, ({ entire }) => entire.pendingDebt),
  ]
  const debtOffset = sumOf(all, (one) => one.debtOffset)
  const collOffset = sumOf(all, (one) => one.collOffset)
  const debt = sumOf(all, (one) => one.debtRedistributed)
  const coll = debt === 0n ? 0n : sumOf(all, (one) => one.collRedistributed)
  const totalStakes = system.totalStakes - sumOf(all, ({ stake }) => stake)
  const isShared = debt > 0n
  if (isShared && totalStakes <= 0n) return null
  const collTerm = system.collError + coll * WAD
  const debtTerm = system.debtError + debt * WAD
  const [collGain, debtGain] = isShared ? [collTerm / totalStakes, debtTerm / totalStakes] : [0n, 0n]
  const surplus = sumOf(all, (one) => one.surplus)
  const activeColl =
    system.activeColl + pendingColl - collOffset - coll - surplus - sumOf(all, (one) => one.compensation)
  const defaultColl = system.defaultColl - pendingColl + coll
  return {
    ...system,
    activeColl,
    activeDebt: system.activeDebt + pendingDebt - debtOffset - debt,
    defaultColl,
    defaultDebt: system.defaultDebt - pendingDebt + debt,
    deposits: system.deposits - debtOffset,
    collPerStake: system.collPerStake + collGain,
    debtPerStake: system.debtPerStake + debtGain,
    collError: isShared ? collTerm - collGain * totalStakes : system.collError,
    debtError: isShared ? debtTerm - debtGain * totalStakes : system.debtError,
    totalStakes,
    stakesSnapshot: totalStakes,
    collSnapshot: activeColl + defaultColl,
    troves: system.troves - BigInt(all.length),
  }
}
