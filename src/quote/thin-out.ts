import type { Context } from './context.ts'
import { atMost, estimate } from './estimate.ts'
import { actGas } from './gas.ts'
import type { Cluster, Offer } from './offer.ts'
import type { Estimate } from './sized.ts'

const roundsMax = 3

type Taken = ReadonlyMap<Cluster, Offer>
type Found = { readonly taken: Taken; readonly best: Estimate }

/**
 * Many positions at once: all are taken, each by the offer that is best alone; then those go that the rest does better
 * without. A position is worth at least what it adds at the clearing prices (weak duality), so that only those worth
 * less than their gas need be tried. Last, every one left out and every other segment is tried again.
 */
export function thinOut(context: Context, clusters: readonly Cluster[]): readonly Estimate[] {
  const alone = (offer: Offer): number => estimate(context, [offer]).net
  const first = new Map(
    clusters.flatMap((cluster) => {
      const [some, ...others] = cluster.offers
      return some === undefined
        ? []
        : [[cluster, others.reduce((a, b) => (alone(b) > alone(a) ? b : a), some)] as const]
    }),
  )
  if (first.size === 0) return []
  let found = leaveOut(context, { taken: first, best: estimate(context, [...first.values()]) })
  for (let round = 0; round < roundsMax; round += 1) {
    const mended = mend(context, clusters, found)
    if (mended === found) break
    found = leaveOut(context, mended)
  }
  return found.best.gasUnits > context.request.gas.limit ? [] : [found.best]
}

/** Leaves out the weakest as long as that helps, or as long as all do not fit in a transaction. */
function leaveOut(context: Context, from: Found): Found {
  const { gas } = context.request
  let { taken, best } = from
  const needed = new Set<Cluster>()
  for (;;) {
    const tooMuch = best.gasUnits > gas.limit
    const weakest = [...taken]
      .filter(([cluster]) => tooMuch || !needed.has(cluster))
      .map(([cluster, offer]) => ({ cluster, spare: adds(best, offer) - actGas(offer.ends[1]) * Number(gas.price) }))
      .reduce<{ cluster: Cluster; spare: number } | null>((a, b) => (a !== null && a.spare <= b.spare ? a : b), null)
    if (weakest === null || taken.size === 1 || (!tooMuch && weakest.spare >= 0)) return { taken, best }
    const others = new Map(taken)
    others.delete(weakest.cluster)
    const without = estimate(context, [...others.values()])
    if (tooMuch || without.net > best.net) {
      taken = others
      best = without
    } else needed.add(weakest.cluster)
  }
}

/** What an offer's part in the sum is worth at the clearing prices. */
function adds({ offers, sizing: { shares, clearing } }: Estimate, { span }: Offer): number {
  const share = shares[offers.findIndex((one) => one.span === span)] ?? 0
  return clearing.prices.reduce((sum, price, token) => {
    const from = span.from[token] ?? 0
    return sum + price * (from + share * ((span.to[token] ?? 0) - from))
  }, 0)
}

/** One round of trying every other offer of every cluster, those left out included. */
function mend(context: Context, clusters: readonly Cluster[], from: Found): Found {
  let found = from
  for (const cluster of clusters)
    for (const offer of cluster.offers) {
      if (found.taken.get(cluster) === offer) continue
      const taken = new Map(found.taken).set(cluster, offer)
      const set = [...taken.values()]
      if (atMost(context, set) <= found.best.net) continue
      const best = estimate(context, set, found.best.net)
      if (best.net > found.best.net && best.gasUnits <= context.request.gas.limit) found = { taken, best }
    }
  return found
}
