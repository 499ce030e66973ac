import type { Clearing } from './clear.ts'
import type { Graph } from './exchange.ts'

/** A pool used one way. `worth` in wrapped native. */
export type Edge = {
  readonly hop: number
  readonly side: 0 | 1
  readonly sell: number
  readonly buy: number
  readonly planned: number
  readonly worth: number
}

/** Ways used for more than rounding. */
export function edgesOf({ hops }: Graph, { sold, bought, prices }: Clearing): readonly Edge[] {
  const edges = hops.flatMap(({ a, b }, hop): Edge[] =>
    ([0, 1] as const).flatMap((side) => {
      const planned = sold[2 * hop + side] ?? 0
      const [sell, buy] = side === 0 ? [a, b] : [b, a]
      const worth = (bought[2 * hop + side] ?? 0) * (prices[buy] ?? 0)
      return planned >= 1 ? [{ hop, side, sell, buy, planned, worth }] : []
    }),
  )
  const most = Math.max(0, ...edges.map(({ worth }) => worth))
  return edges.filter(({ worth }) => worth > most * 1e-8)
}

/** Sellers first. A cycle is an arbitrage of its own: its smallest edge is to be left out. */
export function inOrder(count: number, edges: readonly Edge[]): { tokens: readonly number[] } | { cycle: number } {
  const waiting = new Array<number>(count).fill(0)
  for (const { buy } of edges) waiting[buy] = (waiting[buy] ?? 0) + 1
  const tokens = waiting.flatMap((in_, token) => (in_ === 0 ? [token] : []))
  for (const token of tokens)
    for (const { sell, buy } of edges)
      if (sell === token) {
        waiting[buy] = (waiting[buy] ?? 0) - 1
        if (waiting[buy] === 0) tokens.push(buy)
      }
  if (tokens.length === count) return { tokens }
  const left = new Set([...waiting.keys()].filter((token) => !tokens.includes(token)))
  const inside = edges.filter(({ sell, buy }) => left.has(sell) && left.has(buy))
  const least = inside.reduce((a, b) => (a.worth <= b.worth ? a : b))
  return { cycle: 2 * least.hop + least.side }
}

/** Marks the smallest edge of a cycle in the flow as closed. @returns whether there was one. */
export function closeCycle(graph: Graph, clearing: Clearing, closed: Uint8Array): boolean {
  const order = inOrder(graph.tokens.length, edgesOf(graph, clearing))
  if ('tokens' in order) return false
  closed[order.cycle] = 1
  return true
}
