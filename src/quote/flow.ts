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

/** Sellers first; or a cycle, which is an arbitrage of its own: one of its edges is to be left out. */
export function inOrder(
  count: number,
  edges: readonly Edge[],
): { readonly tokens: readonly number[] } | { readonly cycle: readonly Edge[] } {
  const waiting = new Array<number>(count).fill(0)
  for (const { buy } of edges) waiting[buy] = (waiting[buy] ?? 0) + 1
  const tokens = waiting.flatMap((before, token) => (before === 0 ? [token] : []))
  for (const token of tokens)
    for (const { sell, buy } of edges)
      if (sell === token) {
        waiting[buy] = (waiting[buy] ?? 0) - 1
        if (waiting[buy] === 0) tokens.push(buy)
      }
  return tokens.length === count ? { tokens } : { cycle: cycleAmong(edges, new Set(tokens)) }
}

/** Every token left is bought by one that is left: going back from any of them comes round. */
function cycleAmong(edges: readonly Edge[], sorted: ReadonlySet<number>): readonly Edge[] {
  const back = (token: number): Edge | undefined => edges.find(({ sell, buy }) => buy === token && !sorted.has(sell))
  const walked: Edge[] = []
  let edge = edges.find(({ sell, buy }) => !sorted.has(sell) && !sorted.has(buy))
  while (edge !== undefined) {
    walked.push(edge)
    const { sell } = edge
    const round = walked.findIndex(({ buy }) => buy === sell)
    if (round >= 0) return walked.slice(round)
    edge = back(sell)
  }
  return walked
}

/** Index of a pool's one way among those that may be closed. */
export const sideOf = ({ hop, side }: Edge): number => 2 * hop + side
