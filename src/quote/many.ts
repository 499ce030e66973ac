import { gasPriceOf } from './beside.ts'
import type { Context } from './context.ts'
import { estimate, opened } from './estimate.ts'
import type { Cluster, Offer } from './offer.ts'
import type { Sizing } from './size.ts'
import { type Estimate, gasOf } from './sized.ts'

/** Sets worked out while searching, at most. */
const triesMax = 80

/** A set of offers, sized with every pool open; `net` leaves out what its hops cost. */
type Trial = {
  readonly taken: ReadonlyMap<Cluster, Offer>
  readonly sizing: Sizing
  readonly net: number
  readonly gasUnits: number
}
/** A change of the set; `atMost` is what it can gain, by the present prices. */
type Change = { readonly cluster: Cluster; readonly offer: Offer | null; readonly atMost: number }

/**
 * Many positions: all that pay alone are taken at once, and changed one by one while a change pays: one leaves, comes
 * back, or takes another of its segments. The value is concave in what is held, so that the present prices bound what
 * any change can gain (V(b + d) ≤ V(b) + ν·d), and most need not be tried.
 */
export function many(context: Context, clusters: readonly Cluster[]): readonly Estimate[] {
  const first = new Map<Cluster, Offer>()
  for (const cluster of clusters) {
    const best = bestAlone(context, cluster)
    if (best !== null) first.set(cluster, best)
  }
  if (first.size === 0) return []
  let now = withinGas(context, tried(context, first))
  for (let tries = 0; tries < triesMax; ) {
    let next: Trial | null = null
    for (const change of changes(context, clusters, now)) {
      const taken = new Map(now.taken)
      if (change.offer === null) taken.delete(change.cluster)
      else taken.set(change.cluster, change.offer)
      if (taken.size === 0) continue
      tries += 1
      const trial = tried(context, taken)
      if (trial.net > now.net && trial.gasUnits <= context.request.gas.limit) {
        next = trial
        break
      }
      if (tries >= triesMax) break
    }
    if (next === null) break
    now = next
  }
  return [fitted(context, now)]
}

/** With its route; where swaps leave too little gas for all acts, those go that earn least. */
function fitted(context: Context, from: Trial): Estimate {
  let now = from
  let found = estimate(context, [...now.taken.values()])
  while (found.gasUnits > context.request.gas.limit && now.taken.size > 1) {
    const excess = found.gasUnits / context.request.gas.limit - 1
    now = tried(context, withoutLeast(now, Math.max(1, Math.floor(now.taken.size * excess))))
    found = estimate(context, [...now.taken.values()])
  }
  return found
}

/** The offer worth most by itself, where that is more than its own act costs: with others it is worth no more. */
function bestAlone(context: Context, { offers }: Cluster): Offer | null {
  let best: Offer | null = null
  let most = 0
  for (const offer of offers) {
    const { gasUnits } = gasOf(context, [offer], [])
    const shared = gasOf(context, [], []).gasUnits
    const worth = opened(context, [offer]).clearing.value - (gasUnits - shared) * gasPriceOf(context)
    if (worth > most) [best, most] = [offer, worth]
  }
  return best
}

function tried(context: Context, taken: ReadonlyMap<Cluster, Offer>): Trial {
  const offers = [...taken.values()]
  const sizing = opened(context, offers)
  const { gasUnits } = gasOf(context, offers, [])
  return { taken, sizing, gasUnits, net: sizing.clearing.value - gasUnits * gasPriceOf(context) }
}

/** Acts and loans alone must fit in a transaction. */
function withinGas(context: Context, from: Trial): Trial {
  let now = from
  while (now.gasUnits > context.request.gas.limit && now.taken.size > 1) {
    now = tried(context, withoutLeast(now, Math.max(1, Math.floor(now.taken.size / 8))))
  }
  return now
}

function withoutLeast(now: Trial, count: number): ReadonlyMap<Cluster, Offer> {
  const ranked = [...now.taken].sort(([, a], [, b]) => earned(now, a) - earned(now, b))
  return new Map(ranked.slice(Math.min(count, ranked.length - 1)))
}

/** Changes that might pay, the most promising first. */
function changes(context: Context, clusters: readonly Cluster[], now: Trial): readonly Change[] {
  const price = gasPriceOf(context)
  const base = gasOf(context, [], []).gasUnits
  const gas = (offer: Offer): number => (gasOf(context, [offer], []).gasUnits - base) * price
  const found: Change[] = []
  for (const cluster of clusters) {
    const taken = now.taken.get(cluster) ?? null
    const has = taken === null ? 0 : earned(now, taken)
    const costs = taken === null ? 0 : gas(taken)
    if (taken !== null) found.push({ cluster, offer: null, atMost: costs - has })
    for (const offer of cluster.offers) {
      if (offer !== taken) found.push({ cluster, offer, atMost: mostEarned(now, offer) - gas(offer) - has + costs })
    }
  }
  return found.filter(({ atMost }) => atMost > 0).sort((a, b) => b.atMost - a.atMost)
}

const worth = ({ sizing }: Trial, net: Float64Array): number =>
  net.reduce((sum, one, token) => sum + one * (sizing.clearing.prices[token] ?? 0), 0)

const mostEarned = (now: Trial, { span }: Offer): number => Math.max(worth(now, span.from), worth(now, span.to))

/** What a taken offer adds at the present prices and its present size. */
function earned(now: Trial, offer: Offer): number {
  const share = now.sizing.shares[[...now.taken.values()].indexOf(offer)] ?? 1
  return worth(now, offer.span.from) * (1 - share) + worth(now, offer.span.to) * share
}
