import type { Amount } from '#core/numbers.ts'
import { amount as amountOf } from '#core/numbers.ts'
import type { SwapAmount } from '#core/program.ts'
import type { Clearing } from './clear.ts'
import type { Graph, Hop } from './exchange.ts'
import { type Edge, edgesOf, inOrder, sideOf } from './flow.ts'
import { leastToCover } from './least-to-cover.ts'
import { type Branch, treeOf } from './tree-of.ts'

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
/** `blocked`: a side (2·hop + side) without which it may be done; `null` where it cannot be done at all. */
export type Settlement =
  | { readonly swaps: readonly Swap[]; readonly gained: bigint }
  | { readonly blocked: number | null }
/** By token. `hand`: held before the first swap, loans included. `keep`: owed, with fees. `cushions`: to be held beyond. */
export type Holdings = {
  readonly hand: readonly bigint[]
  readonly keep: readonly bigint[]
  readonly cushions: readonly bigint[]
}

/**
 * Turns float fills into exact swaps. One edge a token is left to give way, the others keep their planned amounts: a
 * tree of the strongest edges that hangs from wrapped native, where the profit is. From its leaves on, a token sells
 * all it has over along its branch, or is bought along it as little as covers what is owed.
 */
export function settle(graph: Graph, clearing: Clearing, holdings: Holdings): Settlement {
  const edges = edgesOf(graph, clearing)
  const order = inOrder(graph.tokens.length, edges)
  if ('cycle' in order) return { blocked: sideOf(order.cycle.reduce((a, b) => (a.worth <= b.worth ? a : b))) }
  const branches = treeOf(graph, edges, clearing)
  const amounts = amountsOf(graph, edges, branches, holdings)
  if ('blocked' in amounts) return amounts
  const rests = branches.filter(({ token, edge }) => edge.sell === token && !amounts.exact.has(edge))
  return inTurn(graph, edges, new Set(rests.map(({ edge }) => edge)), order.tokens, holdings, amounts)
}

/** Of each edge; `exact` are those that sell what was planned, and not all there is. */
type Amounts = {
  readonly sold: ReadonlyMap<Edge, Amount>
  readonly bought: ReadonlyMap<Edge, Amount>
  readonly exact: ReadonlySet<Edge>
}

/** Of a planned amount, where a pool has no more to give: floats are not to the unit. */
const mostOf = 1 - 1e-9

/** Exact amounts of all edges, leaves of the tree first: there all but the branch is known. */
function amountsOf(
  graph: Graph,
  edges: readonly Edge[],
  branches: readonly Branch[],
  { hand, keep, cushions }: Holdings,
): Amounts | { readonly blocked: number | null } {
  const sold = new Map<Edge, Amount>()
  const exact = new Set<Edge>()
  const bought = new Map<Edge, Amount>()
  const fix = (edge: Edge, units: bigint): boolean => {
    const gives = units <= 0n ? null : sells(graph, edge, amountOf(units))
    if (gives === null) return false
    sold.set(edge, amountOf(units))
    bought.set(edge, gives)
    return true
  }
  const flexible = new Set(branches.map(({ edge }) => edge))
  for (const edge of edges)
    if (!flexible.has(edge) && !fix(edge, BigInt(Math.round(edge.planned)))) return { blocked: sideOf(edge) }
  for (const { token, edge } of branches) {
    let over = (hand[token] ?? 0n) - (keep[token] ?? 0n)
    for (const other of edges) {
      if (other === edge) continue
      if (other.buy === token) over += bought.get(other) ?? 0n
      if (other.sell === token) over -= sold.get(other) ?? 0n
    }
    if (edge.sell === token) {
      // Pools that cannot take all of it take what was planned; the rest stays.
      const part = BigInt(Math.floor(edge.planned * mostOf))
      if (fix(edge, over)) continue
      if (over <= part || !fix(edge, part)) return { blocked: over > 0n && edge.planned > 1e3 ? null : sideOf(edge) }
      exact.add(edge)
      continue
    }
    const need = (cushions[token] ?? 0n) - over
    if (need <= 0n) return { blocked: sideOf(edge) }
    const units = leastFor(graph, edge, need)
    if (units === null || !fix(edge, units)) return { blocked: null }
  }
  return { sold, bought, exact }
}

/** Sellers before buyers; of one token's sales the exact ones first, so that the last may take the rest. */
function inTurn(
  graph: Graph,
  edges: readonly Edge[],
  rests: ReadonlySet<Edge>,
  order: readonly number[],
  { hand, keep }: Holdings,
  { sold, bought }: Amounts,
): Settlement {
  const held = [...hand]
  const swaps: Swap[] = []
  for (const token of order) {
    const out = edges.filter((edge) => edge.sell === token)
    for (const edge of [...out.filter((one) => !rests.has(one)), ...out.filter((one) => rests.has(one))]) {
      const units = sold.get(edge) ?? amountOf(0n)
      const gives = bought.get(edge)
      const left = (held[token] ?? 0n) - units
      if (gives === undefined || left < 0n) return { blocked: null }
      held[token] = left
      held[edge.buy] = (held[edge.buy] ?? 0n) + gives
      const amount: SwapAmount = rests.has(edge)
        ? { gainedLess: amountOf(keep[token] ?? 0n) }
        : { exactly: amountOf(units) }
      const { hop, side, sell, buy } = edge
      swaps.push({ hop, side, sell, buy, sold: units, bought: gives, amount })
    }
  }
  const short = held.some((units, token) => token !== graph.wrapped && units < (keep[token] ?? 0n))
  return short ? { blocked: null } : { swaps, gained: (held[graph.wrapped] ?? 0n) - (keep[graph.wrapped] ?? 0n) }
}

/** By the venue's closed form where it has one that holds, else searched for. */
function leastFor(graph: Graph, edge: Edge, need: bigint): Amount | null {
  const { entry, tokenA, tokenB } = graph.hops[edge.hop] as Hop
  const units = entry.module.leastToBuy?.(entry.pool, edge.side === 0 ? tokenA : tokenB, amountOf(need)) ?? null
  if (units !== null && (sells(graph, edge, units) ?? 0n) >= need) return units
  return leastToCover((part) => sells(graph, edge, part), need, edge.planned)
}

function sells({ hops }: Graph, { hop, side }: Edge, units: Amount): Amount | null {
  const { entry, tokenA, tokenB } = hops[hop] as Hop
  return entry.module.sell(entry.pool, side === 0 ? tokenA : tokenB, units)?.bought ?? null
}
