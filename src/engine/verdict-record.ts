import type { Address } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import type { Rec } from '#core/plain.ts'
import type { Plan, Verdict } from '#core/plan.ts'
import type { Trigger } from '#core/scene.ts'
import { foreseenLegs, foreseenSteps } from '../execution/intent.ts'

type OwnerOf = (position: string) => Address | null

/** A verdict as the journal keeps it: the reason, and the whole sum where there was a plan. */
export const verdictRecord = (verdict: Verdict, block: number, trigger: Trigger, ownerOf: OwnerOf): Rec => ({
  block,
  trigger,
  do: verdict.do,
  reason: verdict.do === 'skip' ? verdict.reason : null,
  detail: verdict.do === 'skip' ? verdict.detail : '',
  positions: positionsOf(verdict),
  plan: verdict.plan === null ? null : planRecord(verdict.plan, ownerOf),
})

export const positionsOf = (verdict: Verdict): readonly PositionId[] =>
  verdict.do === 'skip' ? verdict.positions : verdict.plan.steps.flatMap((step) => step.opportunity.positions)

const planRecord = (plan: Plan, ownerOf: OwnerOf): Rec => ({
  id: plan.id,
  strategy: plan.strategy,
  shape: plan.shape,
  gasUnits: plan.gasUnits,
  sum: plan.sum,
  steps: foreseenSteps(plan, ownerOf),
  legs: foreseenLegs(plan),
  funding: plan.funding.map(({ source, borrow, fee }) => ({ source, asset: borrow.asset, amount: borrow.amount, fee })),
})
