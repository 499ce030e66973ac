import type { Terms } from '#core/opportunity.ts'
import type { Context } from './context.ts'
import type { Candidate, Cluster, Offer } from './offer.ts'
import type { Estimate } from './sized.ts'

/** A cluster with what its best offer would come to alone. */
export type Alone = { readonly cluster: Cluster; readonly estimate: Estimate }

/**
 * Clusters that sell through a common pool or hold a common token, or of which one changes the other's terms, belong
 * together; the others are plans of their own.
 */
export function independent(context: Context, all: readonly Alone[]): readonly (readonly Alone[])[] {
  const touched = all.map((one) => touchedBy(context, one))
  const groupOf = all.map((_, i) => i)
  const merge = (i: number, j: number): void => {
    const [from, to] = [groupOf[j], groupOf[i]]
    for (const [k, group] of groupOf.entries()) if (group === from && to !== undefined) groupOf[k] = to
  }
  for (let i = 0; i < all.length; i += 1)
    for (let j = i + 1; j < all.length; j += 1) {
      if (groupOf[i] === groupOf[j]) continue
      const [first, second] = [touched[i], touched[j]]
      const shares = first !== undefined && second !== undefined && [...first].some((label) => second.has(label))
      if (shares || changes(context, all[i], all[j])) merge(i, j)
    }
  return [...new Set(groupOf)].map((group) => all.filter((_, i) => groupOf[i] === group))
}

/** Pools used alone, and tokens but wrapped native. */
function touchedBy({ graph }: Context, { cluster, estimate }: Alone): ReadonlySet<string> {
  const labels = new Set(estimate.used.map((hop) => `hop ${hop}`))
  for (const { span } of cluster.offers)
    for (const [token, units] of span.to.entries())
      if (units !== 0 && token !== graph.wrapped) labels.add(`token ${token}`)
  return labels
}

/** Whether the first's patches change what the second may take or gets. */
function changes({ request }: Context, first: Alone | undefined, second: Alone | undefined): boolean {
  const [before, after] = [first?.estimate.offers[0], second?.estimate.offers[0]]
  if (before === undefined || after === undefined || before.candidate.module !== after.candidate.module) return false
  const scene = request.leave(after.candidate.scene, before.ends[1].after)
  const input = after.segment?.to ?? null
  try {
    return (
      termsText(after.candidate.module.terms(scene, after.candidate.opportunity, input)) !== termsText(after.ends[1])
    )
  } catch {
    return true
  }
}

const termsText = ({ repay, seized, rewards }: Terms): string =>
  [repay, ...[...seized, ...rewards].flatMap(({ asset, amount }) => [asset, amount])].join(' ')

/** Opportunities with a position in common exclude each other: one cluster each such set. */
export function clustersOf(found: readonly { candidate: Candidate; offers: readonly Offer[] }[]): readonly Cluster[] {
  const clusters: { keys: Set<string>; offers: Offer[] }[] = []
  const modules = [...new Set(found.map(({ candidate }) => candidate.module))]
  for (const { candidate, offers } of found) {
    const keys = candidate.opportunity.positions.map((id) => `${modules.indexOf(candidate.module)} ${id}`)
    const [home, ...others] = clusters.filter((one) => keys.some((key) => one.keys.has(key)))
    const into = home ?? { keys: new Set<string>(), offers: [] }
    if (home === undefined) clusters.push(into)
    for (const key of keys) into.keys.add(key)
    into.offers.push(...offers)
    for (const other of others) {
      for (const key of other.keys) into.keys.add(key)
      into.offers.push(...other.offers)
      clusters.splice(clusters.indexOf(other), 1)
    }
  }
  return clusters
}
