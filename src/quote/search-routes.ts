import { gasPriceOf, hopCost } from './beside.ts'
import type { Context } from './context.ts'
import { type Edge, edgesOf, inOrder, sideOf } from './flow.ts'
import type { Offer } from './offer.ts'
import { hopGas } from './realise.ts'
import type { Sizing } from './size.ts'
import { type Estimate, gasOf, sized } from './sized.ts'

/** Routes compared for one set of offers, at most; fewer where many are sized each time, or many sets are compared. */
const routesMax = 40
const routesOfManyMax = 12
const routesOfOneOfManyMax = 3
const manyOffers = 8

/** Of what is owed: more than rounding, less than any lack. */
const shortMax = 1e-2

/** `bound`: what closing further sides may still come to. `cycle`: an arbitrage in the flow, which must go first. */
type Route = Estimate & { readonly bound: number; readonly cycle: readonly Edge[] }

/**
 * Branch and bound over closed sides, the most promising first. A cycle of the flow (an arbitrage beside the exit is
 * not ours to plan) must lose one of its edges; a pool that does not earn its gas may go. Closing never adds value, so
 * that the clearing's value bounds all that follows; each time all is solved again, since others then take over.
 */
export function searchRoutes(context: Context, offers: readonly Offer[], first: Sizing, floor: number): Estimate {
  const root = routeOf(context, offers, first, new Uint8Array(2 * context.graph.hops.length))
  const open = [root]
  const seen = new Set<string>()
  const most = routesFor(context, offers.length)
  let best: Route | null = null
  for (let tried = 1; open.length > 0; ) {
    const next: Route = open.reduce((a, b) => (b.bound > a.bound ? b : a))
    if (next.cycle.length === 0 && (best === null || next.net > best.net)) best = next
    if (next.bound <= Math.max(floor, best?.net ?? floor)) break
    if (tried >= most) {
      best ??= cutCycles(context, next)
      break
    }
    open.splice(open.indexOf(next), 1)
    const values = new Set<number>()
    for (const sides of closings(context, next)) {
      const closed = Uint8Array.from(next.closed)
      for (const side of sides) closed[side] = 1
      const key = closed.join('')
      if (seen.has(key)) continue
      seen.add(key)
      tried += 1
      const route = routeOf(context, offers, sized(context, offers, closed, next.sizing.clearing.prices), closed)
      // Two ways to end the same arbitrage come to the same: one is enough.
      if (next.cycle.length > 0 && values.has(route.sizing.clearing.value)) continue
      values.add(route.sizing.clearing.value)
      open.push(route)
      if (route.cycle.length === 0 && (best === null || route.net > best.net)) best = route
    }
  }
  return best ?? cutCycles(context, root)
}

function routesFor({ request }: Context, offers: number): number {
  if (offers > manyOffers) return routesOfManyMax
  return offers === 1 && request.candidates.length > manyOffers ? routesOfOneOfManyMax : routesMax
}

function routeOf(context: Context, offers: readonly Offer[], sizing: Sizing, closed: Uint8Array): Route {
  const { graph } = context
  const edges = edgesOf(graph, sizing.clearing)
  const order = inOrder(graph.tokens.length, edges)
  const used = edges.map(({ hop }) => hop)
  const price = gasPriceOf(context)
  const { value } = sizing.clearing
  if (!covers(context, offers, sizing)) {
    const never = Number.NEGATIVE_INFINITY
    return { offers, net: never, sizing, closed, used, ...gasOf(context, offers, used), bound: never, cycle: [] }
  }
  if ('cycle' in order) {
    const bound = value - gasOf(context, offers, []).gasUnits * price
    const { gasUnits, wraps } = gasOf(context, offers, used)
    const net = Number.NEGATIVE_INFINITY
    return { offers, net, sizing, closed, used, gasUnits, wraps, bound, cycle: order.cycle }
  }
  const { gasUnits, wraps } = gasOf(context, offers, used)
  const net = value - gasUnits * price
  const saved = weakHops(context, sizing, used).reduce((sum, { spare }) => sum - spare, 0)
  return { offers, net, sizing, closed, used, gasUnits, wraps, bound: net + saved, cycle: [] }
}

/** Whether what is owed can be bought at all by these pools: else the clearing is a price without a seller. */
function covers({ graph }: Context, offers: readonly Offer[], { shares, clearing: { prices, over } }: Sizing): boolean {
  for (const [token, left] of over.entries()) {
    if (token === graph.wrapped || left >= 0) continue
    const owed = offers.reduce((sum, { span }, i) => {
      const from = span.from[token] ?? 0
      return sum + from + (shares[i] ?? 0) * ((span.to[token] ?? 0) - from)
    }, 0)
    if (left < owed * (prices[token] ?? 0) * shortMax && owed < 0) return false
  }
  return true
}

/** Sides to close for each way on. */
const closings = (context: Context, { cycle, sizing, used }: Route): readonly (readonly number[])[] =>
  cycle.length > 0
    ? cycle.map((edge) => [sideOf(edge)])
    : weakHops(context, sizing, used).map(({ hop }) => [2 * hop, 2 * hop + 1])

/** Out of time: the smallest edge of each cycle goes. */
function cutCycles(context: Context, from: Route): Route {
  let route = from
  while (route.cycle.length > 0) {
    const closed = Uint8Array.from(route.closed)
    closed[sideOf(route.cycle.reduce((a, b) => (a.worth <= b.worth ? a : b)))] = 1
    route = routeOf(context, route.offers, sized(context, route.offers, closed, route.sizing.clearing.prices), closed)
  }
  return route
}

/**
 * Used hops that earn less than their gas, the weakest first. Leaving out any others alone costs more than it saves:
 * what a hop earns at the clearing prices is the least that its absence costs (weak duality).
 */
function weakHops(
  context: Context,
  { clearing: { prices, sold, bought } }: Sizing,
  used: readonly number[],
): readonly { readonly hop: number; readonly spare: number }[] {
  const { graph } = context
  return used
    .map((hop) => {
      const { a, b } = graph.hops[hop] ?? { a: 0, b: 0 }
      const ofA = (bought[2 * hop + 1] ?? 0) - (sold[2 * hop] ?? 0)
      const ofB = (bought[2 * hop] ?? 0) - (sold[2 * hop + 1] ?? 0)
      const earned = ofA * (prices[a] ?? 0) + ofB * (prices[b] ?? 0)
      return { hop, spare: earned - hopCost(context, hopGas(context, hop)) }
    })
    .filter(({ spare }) => spare < 0)
    .sort((x, y) => x.spare - y.spare)
}
