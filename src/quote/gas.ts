import type { Terms } from '#core/opportunity.ts'
import type { Graph } from './exchange.ts'
import type { Candidate } from './offer.ts'

/** First estimates, before anything was measured; a hop's and a wrap's are their modules' own. */
export const transactionGas = 21_000 + 16_000
const perAct = 380_000
const perBadDebt = 75_000
/** What each further position of a batch adds. */
const perPosition = 160_000

export type Taken = { readonly candidate: Candidate; readonly terms: Terms }

/** Gas of one act by its branches and by what it takes: as its strategy says, or by how many positions. */
export const actGas = ({ candidate: { opportunity }, terms: { tags, moreGas } }: Taken): number =>
  perAct +
  (tags.includes('bad-debt') ? perBadDebt : 0) +
  (moreGas ?? perPosition * Math.max(0, opportunity.positions.length - 1))

export function estimateGas(taken: readonly Taken[], wraps: readonly number[], hops: readonly number[]): number {
  const sum = (parts: readonly number[]): number => parts.reduce((a, b) => a + b, 0)
  return transactionGas + sum(taken.map(actGas)) + sum(wraps) + sum(hops)
}

/** What a plan's gas depends on, as a label: steps with their branches, funding, hops; the same in any order. */
export function shapeOf(
  taken: readonly Taken[],
  sources: readonly string[],
  graph: Graph,
  hops: readonly number[],
): string {
  const steps = taken.map(({ candidate: { strategy, opportunity }, terms }) =>
    [`${strategy}:${opportunity.kind}`, ...[...terms.tags].sort()].join('+'),
  )
  const venues = hops.map((hop) => graph.hops[hop]?.entry.venue ?? '?')
  return [counted(steps), counted(sources), counted(venues)].join('|')
}

function counted(labels: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, count]) => (count === 1 ? label : `${label}*${count}`))
    .join(',')
}
