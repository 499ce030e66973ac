import type { Plan } from '#core/plan.ts'

/** What was particular about a plan, as bounded labels: for the journal, the demo and people. */
export function planTags(plan: Plan): readonly string[] {
  const tags = new Set<string>()
  if (plan.steps.length > 1) tags.add('shared-exit')
  const sold = new Map<string, Set<string>>()
  const bought = new Set(plan.legs.map((leg) => leg.buy.asset))
  for (const { pool, sell, buy } of plan.legs) {
    const pair = `${sell.asset}/${buy.asset}`
    sold.set(pair, (sold.get(pair) ?? new Set()).add(pool))
  }
  const seized = new Set(plan.steps.flatMap((step) => step.terms.seized.map((flow) => flow.asset)))
  // A hop sells what another leg bought, and nobody seized.
  if (plan.legs.some(({ sell }) => bought.has(sell.asset) && !seized.has(sell.asset))) tags.add('several-hops')
  if ([...sold.values()].some((pools) => pools.size > 1)) tags.add('split')
  return [...tags]
}

/** The largest input the protocol would take, where there is one to choose. */
export const largestInput = (plan: Plan, step: number): bigint | null =>
  plan.steps[step]?.opportunity.feasible?.segments.at(-1)?.to ?? null
