import type { Clearable } from './clearable.ts'
import { factor } from './ldl.ts'
import type { Point } from './point.ts'
import type { Workspace } from './workspace.ts'

/** Pools that are not used bind prices too, from where they would be: without them a step has no measure. */
const idleShare = 1e-7

/**
 * Tokens joined by used pools, but not to wrapped native, are adrift: their level among themselves is free. Writes each
 * token's group to `groups`, named by one of its members; -1 where it is not adrift, or some member may not move.
 */
export function findAdrift({ graph }: Clearable, { sold }: Point, { free, groups }: Workspace): boolean {
  const { ends, wrapped } = graph
  const count = groups.length
  for (let token = 0; token < count; token += 1) groups[token] = token
  for (let hop = 0; 2 * hop < ends.length; hop += 1) {
    if ((sold[2 * hop] ?? 0) + (sold[2 * hop + 1] ?? 0) === 0) continue
    const from = groups[ends[2 * hop] ?? 0] ?? 0
    const to = groups[ends[2 * hop + 1] ?? 0] ?? 0
    if (from !== to) rename(groups, from, to)
  }
  rename(groups, groups[wrapped] ?? 0, -1)
  let any = false
  for (let token = 0; token < count; token += 1) {
    const group = groups[token] ?? -1
    if (group < 0) continue
    if (free[token] === 0) rename(groups, group, -1)
    else any = true
  }
  return any
}

function rename(groups: Int32Array, from: number, to: number): void {
  for (let token = 0; token < groups.length; token += 1) if (groups[token] === from) groups[token] = to
}

/**
 * The Hessian in ln ν, factored: a graph's Laplacian, where pools conduct between their tokens. Tokens that are not free
 * stay where they are. `false` where it is singular.
 */
export function factorStiffness({ graph, closed, scale }: Clearable, point: Point, work: Workspace): boolean {
  const { ends, depths } = graph
  const { roots, widths, sold } = point
  const { matrix, free, groups } = work
  const size = free.length
  matrix.fill(0)
  const bump = (row: number, column: number, by: number): void => {
    matrix[row * size + column] = (matrix[row * size + column] ?? 0) + by
  }
  for (let hop = 0; hop < widths.length; hop += 1) {
    if (closed[2 * hop] === 1 && closed[2 * hop + 1] === 1) continue
    const a = ends[2 * hop] ?? 0
    const b = ends[2 * hop + 1] ?? 0
    const isUsed = (sold[2 * hop] ?? 0) + (sold[2 * hop + 1] ?? 0) > 0
    const idle = 0.5 * (depths[hop] ?? 0) * (roots[a] ?? 0) * (roots[b] ?? 0) * idleShare
    const weight = isUsed ? (widths[hop] ?? 0) : idle
    if (free[a] === 1) bump(a, a, weight)
    if (free[b] === 1) bump(b, b, weight)
    if (free[a] === 1 && free[b] === 1) {
      bump(a, b, -weight)
      bump(b, a, -weight)
    }
  }
  for (let token = 0; token < size; token += 1) {
    if (free[token] === 0) matrix[token * size + token] = 1
    else bump(token, token, scale * 1e-9)
    // A group adrift is held by one of its tokens, or the step would be all drift.
    if (groups[token] === token) bump(token, token, (matrix[token * size + token] ?? 0) * 1e6 + scale)
  }
  return factor(matrix, size)
}
