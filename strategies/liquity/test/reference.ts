import type { System, Trove } from '../records.ts'

/**
 * A second writing of `batchLiquidateTroves`, statement by statement after TroveManager.sol of commit 5174ecd (Liquity as
 * it was deployed), with its pools as they are: nothing here is shared with the strategy.
 */
type Mutable<T> = { -readonly [K in keyof T]: T[K] }
export type Chain = { system: System; troves: Map<string, Trove> }
type Values = {
  debt: bigint
  coll: bigint
  collGas: bigint
  debtToOffset: bigint
  collToPool: bigint
  debtToRedistribute: bigint
  collToRedistribute: bigint
  surplus: bigint
}
export type Paid = { readonly coll: bigint; readonly closed: readonly string[] }
const one = 10n ** 18n
const highest = 2n ** 256n - 1n

export class Revert extends Error {}

export function batchLiquidate(
  chain: Chain,
  names: readonly string[],
  { price, mcr, ccr, divisor }: { price: bigint; mcr: bigint; ccr: bigint; divisor: bigint },
): Paid {
  const s: Mutable<System> = { ...chain.system }
  const troves = new Map(chain.troves)
  const closed: string[] = []
  const cr = (coll: bigint, debt: bigint): bigint => (debt > 0n ? (coll * price) / debt : highest)
  const pending = (name: string): [coll: bigint, debt: bigint] => {
    const t = troves.get(name)
    if (t === undefined) return [0n, 0n]
    return [(t.stake * (s.collPerStake - t.collSnapshot)) / one, (t.stake * (s.debtPerStake - t.debtSnapshot)) / one]
  }
  const icr = (name: string): bigint => {
    const t = troves.get(name)
    const [coll, debt] = pending(name)
    return cr((t?.coll ?? 0n) + coll, (t?.debt ?? 0n) + debt)
  }
  const begin = (name: string): Values => {
    const t = troves.get(name)!
    const [coll, debt] = pending(name)
    const values = { debt: t.debt + debt, coll: t.coll + coll, collGas: (t.coll + coll) / divisor }
    return { ...values, debtToOffset: 0n, collToPool: 0n, debtToRedistribute: 0n, collToRedistribute: 0n, surplus: 0n }
  }
  const movePendingAndRemoveStake = (name: string): void => {
    const [coll, debt] = pending(name)
    s.defaultDebt -= debt
    s.activeDebt += debt
    s.defaultColl -= coll
    s.activeColl += coll
    s.totalStakes -= troves.get(name)!.stake
  }
  const close = (name: string): void => {
    if (s.troves <= 1n) throw new Revert('TroveManager: Only one trove in the system')
    s.troves -= 1n
    troves.delete(name)
    closed.push(name)
  }
  const split = (v: Values, inPool: bigint): void => {
    const coll = v.coll - v.collGas
    if (inPool > 0n) {
      v.debtToOffset = v.debt < inPool ? v.debt : inPool
      v.collToPool = (coll * v.debtToOffset) / v.debt
      v.debtToRedistribute = v.debt - v.debtToOffset
      v.collToRedistribute = coll - v.collToPool
    } else {
      v.debtToRedistribute = v.debt
      v.collToRedistribute = coll
    }
  }
  const normal = (name: string, inPool: bigint): Values => {
    const v = begin(name)
    movePendingAndRemoveStake(name)
    split(v, inPool)
    close(name)
    return v
  }
  const recovery = (name: string, ratio: bigint, inPool: bigint, total: bigint): Values | null => {
    if (s.troves <= 1n) return null
    const v = begin(name)
    if (ratio <= one) {
      movePendingAndRemoveStake(name)
      v.debtToRedistribute = v.debt
      v.collToRedistribute = v.coll - v.collGas
      close(name)
    } else if (ratio > one && ratio < mcr) {
      movePendingAndRemoveStake(name)
      split(v, inPool)
      close(name)
    } else if (ratio >= mcr && ratio < total && v.debt <= inPool) {
      movePendingAndRemoveStake(name)
      const capped = (v.debt * mcr) / price
      v.collGas = capped / divisor
      v.debtToOffset = v.debt
      v.collToPool = capped - v.collGas
      v.surplus = v.coll - capped
      close(name)
    } else return null
    return v
  }
  let inPool = s.deposits
  let [systemColl, systemDebt] = [s.activeColl + s.defaultColl, s.activeDebt + s.defaultDebt]
  const startsInRecovery = cr(systemColl, systemDebt) < ccr
  let backToNormal = !startsInRecovery
  const all: Values[] = []
  for (const name of names) {
    if (startsInRecovery && !troves.has(name)) continue
    const ratio = icr(name)
    if (!backToNormal) {
      if (ratio >= mcr && inPool === 0n) continue
      const v = recovery(name, ratio, inPool, cr(systemColl, systemDebt))
      if (v !== null) {
        inPool -= v.debtToOffset
        systemDebt -= v.debtToOffset
        systemColl -= v.collToPool
        all.push(v)
      }
      backToNormal = cr(systemColl, systemDebt) >= ccr
    } else if (ratio < mcr) {
      const v = normal(name, inPool)
      inPool -= v.debtToOffset
      all.push(v)
    }
  }
  const total = (part: keyof Values): bigint => all.reduce((sum, v) => sum + v[part], 0n)
  if (total('debt') === 0n) throw new Revert('TroveManager: nothing to liquidate')
  if (s.deposits > 0n && total('debtToOffset') > 0n) {
    s.activeDebt -= total('debtToOffset')
    s.deposits -= total('debtToOffset')
    s.activeColl -= total('collToPool')
  }
  if (total('debtToRedistribute') > 0n) {
    if (s.totalStakes === 0n) throw new Revert('SafeMath: division by zero')
    const coll = total('collToRedistribute') * one + s.collError
    const debt = total('debtToRedistribute') * one + s.debtError
    const [collPerUnit, debtPerUnit] = [coll / s.totalStakes, debt / s.totalStakes]
    s.collError = coll - collPerUnit * s.totalStakes
    s.debtError = debt - debtPerUnit * s.totalStakes
    s.collPerStake += collPerUnit
    s.debtPerStake += debtPerUnit
    s.activeDebt -= total('debtToRedistribute')
    s.defaultDebt += total('debtToRedistribute')
    s.activeColl -= total('collToRedistribute')
    s.defaultColl += total('collToRedistribute')
  }
  s.activeColl -= total('surplus')
  s.stakesSnapshot = s.totalStakes
  s.collSnapshot = s.activeColl - total('collGas') + s.defaultColl
  s.activeColl -= total('collGas')
  chain.system = s
  chain.troves = troves
  return { coll: total('collGas'), closed }
}
