import type { Clearing } from './clear.ts'
import type { Graph } from './exchange.ts'
import type { Edge } from './flow.ts'

/** A token and the edge that gives way for it: the one on its way to the root. */
export type Branch = { readonly token: number; readonly edge: Edge }

/**
 * The strongest tree of edges (Prim), rooted at wrapped native; leaves first. Tokens that no edge joins to it hang from
 * the one among them that has most to give: what is left there by rounding stays.
 */
export function treeOf(
  { tokens, wrapped }: Graph,
  edges: readonly Edge[],
  { over, sold, prices }: Clearing,
): readonly Branch[] {
  const inside = new Set([wrapped])
  const branches: Branch[] = []
  const touched = new Set(edges.flatMap(({ sell, buy }) => [sell, buy]))
  const has = (token: number): number =>
    (over[token] ?? 0) +
    edges.reduce((sum, { sell, hop, side }) => sum + (sell === token ? (sold[2 * hop + side] ?? 0) : 0), 0) *
      (prices[token] ?? 0)
  for (;;) {
    const next = edges
      .filter(({ sell, buy }) => inside.has(sell) !== inside.has(buy))
      .reduce<Edge | null>((a, b) => (a !== null && a.worth >= b.worth ? a : b), null)
    if (next !== null) {
      const token = inside.has(next.sell) ? next.buy : next.sell
      inside.add(token)
      branches.push({ token, edge: next })
      continue
    }
    const apart = [...tokens.keys()].filter((token) => touched.has(token) && !inside.has(token))
    const [first, ...others] = apart
    if (first === undefined) return branches.reverse()
    inside.add(others.reduce((a, b) => (has(b) > has(a) ? b : a), first))
  }
}
