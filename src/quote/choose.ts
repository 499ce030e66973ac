import type { Context } from './context.ts'
import { atMost, estimate } from './estimate.ts'
import { many } from './many.ts'
import type { Cluster, Offer } from './offer.ts'
import type { Estimate } from './sized.ts'

/** Combinations tried whole; beyond that all are taken, and those left out that the rest does better without. */
const combinationsMax = 400

/** Which offers to take together, best first: every combination for a few positions, else from all at once. */
export function choose(context: Context, clusters: readonly Cluster[]): readonly Estimate[] {
  const { chosen, idOf } = context.memo
  const key = clusters.map(({ offers }) => offers.map(idOf).join(' ')).join('/')
  const known = chosen.get(key)
  if (known !== undefined) return known
  const combinations = clusters.reduce((product, { offers }) => product * (offers.length + 1), 1)
  const found =
    clusters.length <= 4 && combinations <= combinationsMax ? all(context, clusters) : many(context, clusters)
  const best = [...found].sort((a, b) => b.net - a.net)
  chosen.set(key, best)
  return best
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
