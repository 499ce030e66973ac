import { type Wei, wei } from '#core/numbers.ts'
import type { Flow } from '#core/opportunity.ts'
import type { Plan } from '#core/plan.ts'
import { positionsOf } from '../engine/verdict-record.ts'
import { foreseenLegs } from '../execution/intent.ts'
import type { Planned } from './chunk-output.ts'

/** What is kept of a plan. `priorityFee`: wei for each gas above the base fee. */
export const plannedOf = (plan: Plan, priorityFee: Wei): Planned => ({
  ...{ id: plan.id, strategy: plan.strategy, trigger: plan.trigger, sum: plan.sum },
  ...{ gasUnits: plan.gasUnits, shape: plan.shape, legs: foreseenLegs(plan) },
  positions: positionsOf({ do: 'act', plan }),
  bid: wei(priorityFee * BigInt(plan.gasUnits) - plan.sum.tip),
  repaid: plan.steps.map(({ opportunity: { pays }, terms }): Flow | null =>
    pays === null ? null : { asset: pays.asset, amount: terms.repay },
  ),
  seized: plan.steps.map(({ terms }) => terms.seized[0] ?? null),
})
