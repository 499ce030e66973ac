import type { Plan } from '#core/plan.ts'
import type { QuoteRequest, Skip } from './plan.ts'

/**
 * Plans that were not made together: those before stand, and of the others the best that are in nobody's way. Behind what
 * must come first there is room for one.
 */
export function fitting(
  { joinPpm = 0 }: Pick<QuoteRequest, 'joinPpm'>,
  before: readonly Plan[],
  others: readonly Plan[],
  why: string,
): { readonly plans: readonly Plan[]; readonly skips: readonly Skip[] } {
  const plans = [...before]
  const skips: Skip[] = []
  for (const plan of [...others].sort((a, b) => (a.sum.net < b.sum.net ? 1 : -1))) {
    if (plans.some((other) => joinPpm < 0 || meets(plan, other))) skips.push(crowdedOut(plan, why))
    else plans.push(plan)
  }
  return { plans, skips }
}

/** One that comes after another through the same pool, or with the same asset of a market, finds it otherwise. */
function meets(one: Plan, other: Plan): boolean {
  const taken = new Set(labelsOf(other))
  return labelsOf(one).some((label) => taken.has(label))
}

const labelsOf = ({ legs, steps }: Plan): readonly string[] => [
  ...legs.map(({ pool }) => `pool ${pool}`),
  ...steps.flatMap(({ opportunity: { market, pays, gets } }) =>
    [pays?.asset, ...gets].map((asset) => `${market} ${asset}`),
  ),
  ...steps.flatMap(({ opportunity }) => opportunity.positions),
]

const crowdedOut = (plan: Plan, why: string): Skip => ({
  do: 'skip',
  reason: 'crowded-out',
  detail: `another plan is in its way, and they cannot be one: ${why}`,
  positions: plan.steps.flatMap(({ opportunity }) => opportunity.positions),
  plan,
})
