import type { Context } from './context.ts'
import { edgesOf, inOrder, sideOf } from './flow.ts'
import { estimateGas } from './gas.ts'
import { cheapest } from './lend.ts'
import type { Offer } from './offer.ts'
import { hopGas } from './realise.ts'
import { type Sizing, size } from './size.ts'

/** What some offers would come to together, in floats: `net` after gas, sizes, and the sides it is better without. */
export type Estimate = {
  readonly offers: readonly Offer[]
  readonly net: number
  readonly sizing: Sizing
  readonly closed: Uint8Array
  readonly used: readonly number[]
  readonly gasUnits: number
  /** Gas of the loan of each asset owed. */
  readonly wraps: ReadonlyMap<string, number>
}

/** Routes compared for one set of offers, at most. */
const routesMax = 24

/**
 * Best sizes and route of these offers together. Pools that do not earn their gas are left out, one after the other,
 * the most promising route first; each time all is solved again, since others then take over.
 */
export function estimate(context: Context, offers: readonly Offer[]): Estimate {
  const key = offers.map((offer) => context.memo.idOf(offer)).join(' ')
  const known = context.memo.estimates.get(key)
  if (known !== undefined) return known
  const found = search(context, offers)
  context.memo.estimates.set(key, found)
  return found
}

/**
 * No less than what these offers may come to, in wei: every pool used for nothing, and arbitrage beside the exit
 * counted in. One clearing, mostly.
 */
export function atMost(context: Context, offers: readonly Offer[]): number {
  const { sizing } = opened(context, offers)
  const { gasUnits } = gasOf(context, offers, [])
  return sizing.clearing.value - gasUnits * Number(context.request.gas.price)
}

function opened(context: Context, offers: readonly Offer[]): { sizing: Sizing; closed: Uint8Array } {
  const key = offers.map((offer) => context.memo.idOf(offer)).join(' ')
  const closed = new Uint8Array(2 * context.graph.hops.length)
  const sizing = context.memo.opened.get(key) ?? sized(context, offers, closed)
  context.memo.opened.set(key, sizing)
  return { sizing, closed }
}

const sized = ({ graph, first }: Context, offers: readonly Offer[], closed: Uint8Array, start = first): Sizing =>
  size(
    graph,
    offers.map(({ span }) => span),
    closed,
    first,
    start,
  )

function search(context: Context, offers: readonly Offer[]): Estimate {
  let best = routed(context, offers, opened(context, offers))
  const open = [best]
  const seen = new Set([best.closed.join('')])
  for (let tried = 1; open.length > 0 && tried < routesMax; ) {
    const next = open.reduce((a, b) => (b.net > a.net ? b : a))
    open.splice(open.indexOf(next), 1)
    for (const hop of weakHops(context, next)) {
      const closed = Uint8Array.from(next.closed).fill(1, 2 * hop, 2 * hop + 2)
      const key = closed.join('')
      if (seen.has(key) || tried >= routesMax) continue
      seen.add(key)
      tried += 1
      const without = routed(context, offers, {
        sizing: sized(context, offers, closed, next.sizing.clearing.prices),
        closed,
      })
      open.push(without)
      if (without.net > best.net) best = without
    }
  }
  return best
}

/** Without the cycles of its flow, and with its gas. */
function routed(
  context: Context,
  offers: readonly Offer[],
  from: { readonly sizing: Sizing; readonly closed: Uint8Array },
): Estimate {
  const { sizing, closed } = withoutCycles(context, offers, from)
  const used = edgesOf(context.graph, sizing.clearing).map(({ hop }) => hop)
  const { gasUnits, wraps } = gasOf(context, offers, used)
  const net = sizing.clearing.value - gasUnits * Number(context.request.gas.price)
  return { offers, net, sizing, closed, used, gasUnits, wraps }
}

function gasOf(
  context: Context,
  offers: readonly Offer[],
  used: readonly number[],
): { gasUnits: number; wraps: ReadonlyMap<string, number> } {
  const wraps = new Map<string, number>()
  for (const { candidate, ends } of offers) {
    const asset = candidate.opportunity.pays?.asset
    if (asset !== undefined && asset !== 'native' && ends[1].repay > 0n)
      wraps.set(asset, cheapest(context.request.lenders, asset, ends[1].repay)?.wrapGas ?? 0)
  }
  const gasUnits = estimateGas(
    offers.map(({ candidate, ends }) => ({ candidate, terms: ends[1] })),
    [...wraps.values()],
    used.map((hop) => hopGas(context, hop)),
  )
  return { gasUnits, wraps }
}

/** Breaks every cycle of the flow where that costs least: an arbitrage beside the exit is not ours to plan. */
function withoutCycles(
  context: Context,
  offers: readonly Offer[],
  from: { readonly sizing: Sizing; readonly closed: Uint8Array },
): { readonly sizing: Sizing; readonly closed: Uint8Array } {
  let best = from
  for (;;) {
    const { sizing } = best
    const order = inOrder(context.graph.tokens.length, edgesOf(context.graph, sizing.clearing))
    if ('tokens' in order) return best
    const ways = order.cycle.map((edge) => {
      const closed = Uint8Array.from(best.closed)
      closed[sideOf(edge)] = 1
      return { sizing: sized(context, offers, closed, sizing.clearing.prices), closed }
    })
    best = ways.reduce((a, b) => (b.sizing.clearing.value > a.sizing.clearing.value ? b : a))
  }
}

/**
 * Used hops that earn less than their gas, the weakest first. Leaving out any others alone costs more than it saves:
 * what a hop earns at the clearing prices is the least that its absence costs (weak duality).
 */
function weakHops(context: Context, { sizing, used }: Estimate): readonly number[] {
  const { graph, request } = context
  const { prices, sold, bought } = sizing.clearing
  return used
    .map((hop) => {
      const { a, b } = graph.hops[hop] ?? { a: 0, b: 0 }
      const ofA = (bought[2 * hop + 1] ?? 0) - (sold[2 * hop] ?? 0)
      const ofB = (bought[2 * hop] ?? 0) - (sold[2 * hop + 1] ?? 0)
      const earned = ofA * (prices[a] ?? 0) + ofB * (prices[b] ?? 0)
      return { hop, spare: earned - hopGas(context, hop) * Number(request.gas.price) }
    })
    .filter(({ spare }) => spare < 0)
    .sort((x, y) => x.spare - y.spare)
    .map(({ hop }) => hop)
}
