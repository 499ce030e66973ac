import type { Plan } from '#core/plan.ts'
import type { Candidate, QuoteRequest, Skip } from './plan.ts'
import { type QuotedEach, quoteEach } from './quote-each.ts'

/**
 * As `quoteEach`, but that what is `apart` shares a plan with nobody: each of them is quoted by itself. Where two then sell
 * through one pool or move one asset of a market, the better goes, and after those that come together.
 */
export function quoteApart(request: QuoteRequest, isApart: (candidate: Candidate) => boolean): QuotedEach {
  const units = Map.groupBy(request.candidates.filter(isApart), ({ strategy, opportunity }) =>
    [strategy, ...opportunity.positions].join(' '),
  )
  if (units.size === 0) return quoteEach(request)
  const rest = request.candidates.filter((candidate) => !isApart(candidate))
  const quoted = [rest, ...units.values()].map((candidates) => quoteEach({ ...request, candidates }))
  const [together, ...alone] = quoted
  const plans = [...(together?.plans ?? [])]
  const skips: Skip[] = []
  for (const plan of alone.flatMap((one) => one.plans).sort((a, b) => (a.sum.net < b.sum.net ? 1 : -1))) {
    // Behind what must come first there is room for one.
    const isTaken = plans.some((other) => (request.joinPpm ?? 0) < 0 || meets(plan, other))
    if (isTaken) skips.push(crowdedOut(plan))
    else plans.push(plan)
  }
  return {
    plans,
    skips: [...quoted.flatMap((one) => one.skips), ...skips],
    faulty: quoted.flatMap((one) => one.faulty),
  }
}

function meets(one: Plan, other: Plan): boolean {
  const labels = ({ legs, steps }: Plan): readonly string[] => [
    ...legs.map(({ pool }) => `pool ${pool}`),
    ...steps.flatMap(({ opportunity: { market, pays, gets } }) =>
      [pays?.asset, ...gets].map((asset) => `${market} ${asset}`),
    ),
  ]
  const taken = new Set(labels(other))
  return labels(one).some((label) => taken.has(label))
}

const crowdedOut = (plan: Plan): Skip => ({
  do: 'skip',
  reason: 'crowded-out',
  detail: 'a transaction with it and others reverted: it is tried by itself, and another plan is in its way',
  positions: plan.steps.flatMap(({ opportunity }) => opportunity.positions),
  plan,
})
