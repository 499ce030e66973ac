import type { Graph } from './exchange.ts'
import { type Point, pointOf } from './point.ts'

/** What a clearing writes while it searches: one for a graph, since only one runs at a time. */
export type Workspace = {
  readonly points: readonly [Point, Point]
  /** 1 where the token's price may still move the way its excess pulls it. */
  readonly free: Uint8Array
  readonly groups: Int32Array
  readonly matrix: Float64Array
  /** In logarithms of price, by token. */
  readonly direction: Float64Array
}
const known = new WeakMap<Graph, Workspace>()

export function workspaceOf(graph: Graph): Workspace {
  const kept = known.get(graph)
  if (kept !== undefined) return kept
  const count = graph.tokens.length
  const work: Workspace = {
    points: [pointOf(graph), pointOf(graph)],
    free: new Uint8Array(count),
    groups: new Int32Array(count),
    matrix: new Float64Array(count * count),
    direction: new Float64Array(count),
  }
  known.set(graph, work)
  return work
}
