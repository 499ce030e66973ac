import { fitting } from './fitting.ts'
import type { Candidate, QuoteRequest } from './plan.ts'
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
  const others = alone.flatMap(({ plans }) => plans)
  const { plans, skips } = fitting(request, together?.plans ?? [], others, 'a transaction for both reverted')
  return {
    plans,
    skips: [...quoted.flatMap((one) => one.skips), ...skips],
    faulty: quoted.flatMap((one) => one.faulty),
  }
}
