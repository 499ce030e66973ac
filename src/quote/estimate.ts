import type { Context } from './context.ts'
import type { Graph } from './exchange.ts'
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
}

/** Best sizes and route of these offers together; a pool that does not earn its gas is left out and all solved again. */
export function estimate(context: Context, offers: readonly Offer[]): Estimate {
  let best = solve(context, offers, new Uint8Array(2 * context.graph.hops.length))
  for (const kept = new Set<number>(); ; ) {
    const weakest = weakestHop(context, best, kept)
    if (weakest === null) return best
    const closed = Uint8Array.from(best.closed)
    closed.fill(1, 2 * weakest, 2 * weakest + 2)
    const without = solve(context, offers, closed)
    if (without.net > best.net) best = without
    else kept.add(weakest)
  }
}

function solve(context: Context, offers: readonly Offer[], shut: Uint8Array): Estimate {
  const { graph, first, request } = context
  const spans = offers.map(({ span }) => span)
  const { sizing, closed } = withoutCycles(graph, (open) => size(graph, spans, open, first), shut)
  const used = edgesOf(graph, sizing.clearing).map(({ hop }) => hop)
  const owed = new Map<string, number>()
  for (const { candidate, ends } of offers) {
    const asset = candidate.opportunity.pays?.asset
    if (asset !== undefined && asset !== 'native' && ends[1].repay > 0n)
      owed.set(asset, cheapest(request.lenders, asset, ends[1].repay)?.wrapGas ?? 0)
  }
  const units = estimateGas(
    offers.map(({ candidate, ends }) => ({ candidate, terms: ends[1] })),
    [...owed.values()],
    used.map((hop) => hopGas(context, hop)),
  )
  const net = sizing.clearing.value - units * Number(request.gas.price)
  return { offers, net, sizing, closed, used }
}

/** Breaks every cycle of the flow where that costs least: an arbitrage beside the exit is not ours to plan. */
function withoutCycles(
  graph: Graph,
  solved: (closed: Uint8Array) => Sizing,
  shut: Uint8Array,
): { sizing: Sizing; closed: Uint8Array } {
  let best = { sizing: solved(shut), closed: shut }
  for (;;) {
    const order = inOrder(graph.tokens.length, edgesOf(graph, best.sizing.clearing))
    if ('tokens' in order) return best
    const ways = order.cycle.map((edge) => {
      const closed = Uint8Array.from(best.closed)
      closed[sideOf(edge)] = 1
      return { sizing: solved(closed), closed }
    })
    best = ways.reduce((a, b) => (b.sizing.clearing.value > a.sizing.clearing.value ? b : a))
  }
}

/**
 * The used hop that earns least against its gas, of those that earn less than it: leaving out any other costs more
 * than it saves, because the others' prices can only move against us (weak duality).
 */
function weakestHop(context: Context, { sizing, used }: Estimate, kept: ReadonlySet<number>): number | null {
  const { graph, request } = context
  const { prices, sold, bought } = sizing.clearing
  let weakest: { hop: number; share: number } | null = null
  for (const hop of used) {
    const { a, b } = graph.hops[hop] ?? { a: 0, b: 0 }
    const [atA, atB] = [prices[a] ?? 0, prices[b] ?? 0]
    const [in0, in1] = [sold[2 * hop] ?? 0, sold[2 * hop + 1] ?? 0]
    const [out0, out1] = [bought[2 * hop] ?? 0, bought[2 * hop + 1] ?? 0]
    const earns = (out0 - in1) * atB + (out1 - in0) * atA
    const share = earns / (hopGas(context, hop) * Number(request.gas.price))
    if (share < 1 && !kept.has(hop) && (weakest === null || share < weakest.share)) weakest = { hop, share }
  }
  return weakest?.hop ?? null
}
