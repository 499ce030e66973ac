import type { Address } from '#core/address.ts'
import { amount as amountOf } from '#core/numbers.ts'
import type { Plan } from '#core/plan.ts'
import { encodeProgram } from '../execution/encode-order.ts'
import type { PoolEntry } from '../quote/exchange.ts'
import type { Candidate } from '../quote/plan.ts'
import { actOf } from '../quote/program-of.ts'
import type { Lack, Registry } from './registry.ts'

/** What of a scene the executor may not do, by its registry. */
export interface Lacks {
  /** Of the calls and approvals that a candidate consists of, whatever its size. */
  readonly ofCandidate: (candidate: Candidate) => Lack | null
  /** Of a redemption; pools are their factory's, and known by the configuration. */
  readonly ofExit: (entry: PoolEntry) => Lack | null
  readonly ofPlan: (plan: Plan) => Lack | null
}

export const lacksOf = (registry: Registry | undefined, executor: Address): Lacks => ({
  ofCandidate: (candidate) => {
    if (registry === undefined) return null
    try {
      return registry.lack(actsOf(candidate, executor))
    } catch {
      // What cannot be worked out is named where it is quoted.
      return null
    }
  },
  ofExit: ({ module, pool }) =>
    registry === undefined || module.isTimed === undefined
      ? null
      : registry.lack([module.swap(pool, module.tokens(pool)[0], { exactly: amountOf(0n) }, amountOf(0n))]),
  ofPlan: ({ program }) => registry?.lack(program) ?? null,
})

function actsOf(candidate: Candidate, executor: Address) {
  const { module, scene, opportunity } = candidate
  const input = opportunity.feasible?.segments[0]?.from ?? null
  const step = { opportunity, input, terms: module.terms(scene, opportunity, input) }
  return actOf({ request: { executor, driftPpm: 0, payload: encodeProgram } }, { candidate, scene }, step)
}
