import type { Context } from './context.ts'
import { atMost, estimate } from './estimate.ts'
import type { Offer } from './offer.ts'
import type { Estimate } from './sized.ts'

/** Ways to take one position (or several that exclude each other): at most one of them is taken. */
export type Cluster = { readonly offers: readonly Offer[] }

/** Combinations tried whole; beyond that they are built up and mended. */
const combinationsMax = 400

/**
 * Which offers to take together, best first: every combination for a few positions; else built up by marginal value,
 * `Q(sum + Δ) − Q(sum) > gas`, every admission re-tested when others have come.
 */
export function choose(context: Context, clusters: readonly Cluster[]): readonly Estimate[] {
  const combinations = clusters.reduce((product, { offers }) => product * (offers.length + 1), 1)
  const found =
    clusters.length <= 4 && combinations <= combinationsMax ? all(context, clusters) : grow(context, clusters)
  return [...found].sort((a, b) => b.net - a.net)
}

/** So many are worked out even where a bound says they are not the best: the best may turn out not to be doable. */
const workedOutMin = 3

/** By falling bound: once what is left cannot beat what was found, it is left. */
function all(context: Context, clusters: readonly Cluster[]): readonly Estimate[] {
  let sets: readonly (readonly Offer[])[] = [[]]
  for (const { offers } of clusters) sets = sets.flatMap((set) => [set, ...offers.map((offer) => [...set, offer])])
  const bounded = sets
    .filter((set) => set.length > 0)
    .map((set) => ({ set, bound: atMost(context, set) }))
    .sort((a, b) => b.bound - a.bound)
  const found: Estimate[] = []
  let best = Number.NEGATIVE_INFINITY
  for (const { set, bound } of bounded) {
    if (bound <= best && found.length >= workedOutMin) break
    const one = estimate(context, set, found.length >= workedOutMin ? best : Number.NEGATIVE_INFINITY)
    if (one.gasUnits > context.request.gas.limit) continue
    found.push(one)
    best = Math.max(best, one.net)
  }
  return found
}

function grow(context: Context, clusters: readonly Cluster[]): readonly Estimate[] {
  const taken = new Map<Cluster, Offer>()
  let best: Estimate | null = null
  const tried = (set: ReadonlyMap<Cluster, Offer>): Estimate => estimate(context, [...set.values()])
  // Alone each is worth at most what it adds to nothing: an old bound stays one, mostly.
  const bounds = new Map(clusters.map((cluster) => [cluster, Number.POSITIVE_INFINITY]))
  for (;;) {
    let admitted: { cluster: Cluster; offer: Offer; result: Estimate } | null = null
    const open = clusters.filter((cluster) => !taken.has(cluster))
    for (const cluster of open.sort((a, b) => (bounds.get(b) ?? 0) - (bounds.get(a) ?? 0))) {
      const base = best?.net ?? 0
      if (admitted !== null && (bounds.get(cluster) ?? 0) <= admitted.result.net - base) break
      let gain = Number.NEGATIVE_INFINITY
      for (const offer of cluster.offers) {
        const result = tried(new Map(taken).set(cluster, offer))
        if (result.gasUnits > context.request.gas.limit) continue
        gain = Math.max(gain, result.net - base)
        if (admitted === null || result.net > admitted.result.net) admitted = { cluster, offer, result }
      }
      bounds.set(cluster, gain)
    }
    if (admitted === null || (best !== null && admitted.result.net <= best.net)) break
    taken.set(admitted.cluster, admitted.offer)
    best = mend(tried, taken, admitted.result, context.request.gas.limit)
  }
  return best === null ? [] : [best]
}

/** Tries every admission again: left out, or by another of its segments. */
function mend(
  tried: (set: ReadonlyMap<Cluster, Offer>) => Estimate,
  taken: Map<Cluster, Offer>,
  now: Estimate,
  limit: number,
): Estimate {
  let best = now
  for (const [cluster, offer] of [...taken]) {
    const others = new Map(taken)
    others.delete(cluster)
    const ways = cluster.offers.filter((one) => one !== offer).map((one) => new Map(others).set(cluster, one))
    for (const way of others.size === 0 ? ways : [others, ...ways]) {
      const result = tried(way)
      if (result.net <= best.net || result.gasUnits > limit) continue
      best = result
      const other = way.get(cluster)
      if (other === undefined) taken.delete(cluster)
      else taken.set(cluster, other)
    }
  }
  return best
}
