import { keccak256 } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import type { Blocked, Opportunity } from '#core/opportunity.ts'
import { type Conditions, conditionsIn, type LiquityScene, ratioOf, totalRatio } from './conditions.ts'
import { type Batch, type System, type SystemMarket, type TrovePosition, troveId } from './records.ts'
import { entireOf } from './rewards.ts'
import { sequence } from './sequence.ts'

/** So many troves fill a transaction. */
const batchMost = 64

/** A trove that may be taken, and what its liquidator would get of its collateral. */
type Eligible = { readonly owner: Address; readonly compensation: bigint; readonly needsCover: boolean }

/**
 * Batches of the best-paid troves: one, two and so on, in ever longer steps; gas picks among them. Within a batch those
 * come first that can only go while the stability pool covers them and recovery mode lasts: the others can always go.
 */
export function assess(
  scene: LiquityScene,
  market: SystemMarket,
  candidates: readonly TrovePosition[],
): readonly (Opportunity<Batch> | Blocked)[] {
  const { data: system } = market
  const conditions = conditionsIn(scene, system)
  const blocked = (reason: Blocked['reason'], detail: string): readonly Blocked[] =>
    candidates.map(({ id }) => ({ position: id, reason, detail }))
  if (conditions === null) return blocked('feed-reverts', 'no price, or no parameter to divide by')
  const eligible = eligibleOf(system, candidates, conditions)
  const batches = new Map<string, readonly Address[]>()
  for (const count of sizes(Math.min(eligible.length, batchMost))) {
    const chosen = eligible.slice(0, count)
    const ordered = [...chosen.filter((one) => one.needsCover), ...chosen.filter((one) => !one.needsCover)]
    const taken = (
      sequence(
        system,
        scene.book,
        ordered.map(({ owner }) => owner),
        conditions,
      )?.taken ?? []
    ).map(({ owner }) => owner)
    if (taken.length > 0) batches.set(batchId(system, taken), taken)
  }
  if (!system.isProven && batches.size > 0) return blocked('unproven-revision', 'its stability pool keeps a part back')
  return [...batches].map(([id, troves]) => opportunity(market, id, troves))
}

/** The best-paid first. In recovery mode whoever is below the critical ratio may come to be eligible within a batch. */
function eligibleOf(
  system: System,
  candidates: readonly TrovePosition[],
  { price, mcr, ccr, divisor }: Conditions,
): readonly Eligible[] {
  const isRecovery = totalRatio(system, price) < ccr
  const found = candidates.flatMap(({ owner, data }): readonly Eligible[] => {
    const { coll, debt } = entireOf(system, data)
    const ratio = ratioOf(coll, debt, price)
    const needsCover = ratio >= mcr
    if (owner === null || (needsCover && (!isRecovery || ratio >= ccr || debt > system.deposits))) return []
    return [{ owner, needsCover, compensation: (needsCover ? (debt * mcr) / price : coll) / divisor }]
  })
  const sorted = found.toSorted((a, b) =>
    a.compensation === b.compensation ? (a.owner < b.owner ? -1 : 1) : a.compensation > b.compensation ? -1 : 1,
  )
  // The last trove is never liquidated: to name it in normal mode reverts all.
  return sorted.slice(0, Number(system.troves) - 1)
}

/** 1 to 8 each, then a quarter more each time, and all. */
function sizes(most: number): readonly number[] {
  const found: number[] = []
  for (let size = 1; size < most; size = Math.max(size + 1, Math.floor(size * 1.25))) found.push(size)
  return most > 0 ? [...found, most] : []
}

/** The same troves in the same order, the same batch. */
function batchId(system: System, troves: readonly Address[]): string {
  const text = `0x${troves.map((one) => one.slice(2)).join('')}` satisfies Hex
  return `${system.manager}/${troves.length}/${keccak256(text).slice(2, 18)}`
}

const opportunity = (
  { id: market, data }: SystemMarket,
  id: string,
  troves: readonly Address[],
): Opportunity<Batch> => ({
  ...{ id, market, kind: 'liquidate-batch', pays: null, capital: 'none', feasible: null },
  positions: troves.map((owner) => troveId(data.manager, owner)),
  gets: ['native', data.debtToken],
  data: { troves },
})
