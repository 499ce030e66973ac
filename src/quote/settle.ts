import type { Amount } from '#core/numbers.ts'
import { amount as amountOf } from '#core/numbers.ts'
import type { SwapAmount } from '#core/program.ts'
import type { Clearing } from './clear.ts'
import type { Graph, Hop } from './exchange.ts'
import { type Edge, edgesOf, inOrder, sideOf } from './flow.ts'
import { leastToCover } from './least-to-cover.ts'

/** One swap, exact: what the pool takes and gives, and how the executor is told to sell. */
export type Swap = {
  readonly hop: number
  readonly side: 0 | 1
  readonly sell: number
  readonly buy: number
  readonly sold: Amount
  readonly bought: Amount
  readonly amount: SwapAmount
}
/** `blocked`: a hop's side (2·hop + side) without which it may be done; `null` where it cannot be done at all. */
export type Settlement =
  | { readonly swaps: readonly Swap[]; readonly gained: bigint }
  | { readonly blocked: number | null }

/**
 * Turns float fills into exact swaps. `hand` is what the executor holds of each token before the first swap (loans
 * included), `keep` what it must still hold at the end (loans with fees), `cushions` what it should hold beyond. Tokens are worked through
 * in the order of the flow: towards what is owed, sales are as small as cover it; the rest of what is over goes along
 * one edge a token towards wrapped native, all of it.
 */
export function settle(
  graph: Graph,
  clearing: Clearing,
  hand: readonly bigint[],
  keep: readonly bigint[],
  cushions: readonly bigint[],
): Settlement {
  const edges = edgesOf(graph, clearing)
  const order = inOrder(graph.tokens.length, edges)
  if ('cycle' in order) return { blocked: sideOf(order.cycle.reduce((a, b) => (a.worth <= b.worth ? a : b))) }
  const rest = restEdges(graph, edges, order.tokens)
  const fixed = fixAmounts(graph, edges, rest, order.tokens, { hand, keep, cushions })
  if ('blocked' in fixed) return fixed
  return sellForward(graph, edges, rest, order.tokens, hand, keep, fixed.sold)
}

/** For each token with a way to wrapped native, the strongest edge along one: it takes all that is over. */
function restEdges(graph: Graph, edges: readonly Edge[], order: readonly number[]): ReadonlyMap<number, Edge> {
  const rest = new Map<number, Edge>()
  for (const token of order.toReversed()) {
    const ways = edges.filter(({ sell, buy }) => sell === token && (buy === graph.wrapped || rest.has(buy)))
    if (token === graph.wrapped || ways.length === 0) continue
    rest.set(
      token,
      ways.reduce((a, b) => (a.worth >= b.worth ? a : b)),
    )
  }
  return rest
}

type Holdings = {
  readonly hand: readonly bigint[]
  readonly keep: readonly bigint[]
  readonly cushions: readonly bigint[]
}

/** Exact amounts of all edges but the rests, last tokens first: what a token needs is known once its buyers are. */
function fixAmounts(
  graph: Graph,
  edges: readonly Edge[],
  rest: ReadonlyMap<number, Edge>,
  order: readonly number[],
  { hand, keep, cushions }: Holdings,
): { sold: ReadonlyMap<Edge, Amount> } | { blocked: number | null } {
  const sold = new Map<Edge, Amount>()
  for (const token of order.toReversed()) {
    const into = edges.filter((edge) => edge.buy === token && rest.get(edge.sell) !== edge)
    const out = edges.reduce((sum, edge) => (edge.sell === token ? sum + (sold.get(edge) ?? 0n) : sum), 0n)
    const mustCover = token !== graph.wrapped && !rest.has(token)
    const closing = mustCover
      ? into.reduce<Edge | null>((a, b) => (a !== null && a.worth >= b.worth ? a : b), null)
      : null
    let need = (keep[token] ?? 0n) + (cushions[token] ?? 0n) + out - (hand[token] ?? 0n)
    for (const edge of into) {
      if (edge === closing) continue
      const part = amountOf(BigInt(Math.round(edge.planned)))
      const gives = sells(graph, edge, part)
      if (gives === null) return { blocked: sideOf(edge) }
      sold.set(edge, part)
      need -= gives
    }
    if (!mustCover || (closing === null && need <= 0n)) continue
    if (closing === null) return { blocked: null }
    if (need <= 0n) return { blocked: sideOf(closing) }
    const part = leastToCover((units) => sells(graph, closing, units), need, closing.planned)
    if (part === null) return { blocked: null }
    sold.set(closing, part)
  }
  return { sold }
}

function sellForward(
  graph: Graph,
  edges: readonly Edge[],
  rest: ReadonlyMap<number, Edge>,
  order: readonly number[],
  hand: readonly bigint[],
  keep: readonly bigint[],
  sold: ReadonlyMap<Edge, Amount>,
): Settlement {
  const held = [...hand]
  const swaps: Swap[] = []
  for (const token of order) {
    const last = rest.get(token)
    const out = edges.filter((edge) => edge.sell === token && edge !== last)
    for (const edge of last === undefined ? out : [...out, last]) {
      const have = held[token] ?? 0n
      const units = edge === last ? have - (keep[token] ?? 0n) : (sold.get(edge) ?? 0n)
      if (units <= 0n || units > have) return { blocked: sideOf(edge) }
      const gives = sells(graph, edge, amountOf(units))
      if (gives === null) return { blocked: edge === last ? null : sideOf(edge) }
      held[token] = have - units
      held[edge.buy] = (held[edge.buy] ?? 0n) + gives
      const amount: SwapAmount =
        edge === last ? { gainedLess: amountOf(keep[token] ?? 0n) } : { exactly: amountOf(units) }
      const { hop, side, sell, buy } = edge
      swaps.push({ hop, side, sell, buy, sold: amountOf(units), bought: gives, amount })
    }
  }
  const short = held.some((units, token) => token !== graph.wrapped && units < (keep[token] ?? 0n))
  return short ? { blocked: null } : { swaps, gained: (held[graph.wrapped] ?? 0n) - (keep[graph.wrapped] ?? 0n) }
}

function sells({ hops }: Graph, { hop, side }: Edge, units: Amount): Amount | null {
  const { entry, tokenA, tokenB } = hops[hop] as Hop
  return entry.module.sell(entry.pool, side === 0 ? tokenA : tokenB, units)?.bought ?? null
}
