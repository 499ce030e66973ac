import { alongLine } from './along-line.ts'
import { clearOne } from './clear-one.ts'
import { bounds, type Clearable } from './clearable.ts'
import { solve } from './ldl.ts'
import { fillAll, type Point } from './point.ts'
import { factorStiffness, findAdrift } from './stiffness.ts'
import { type Workspace, workspaceOf } from './workspace.ts'

/**
 * Prices of all tokens in wrapped native at which every pool, filled by itself, leaves no token short or over; and the
 * fills. `sold` and `bought` have two entries a hop: side 0 sells its first token. `value` is the wrapped native left.
 */
export type Clearing = {
  readonly prices: Float64Array
  readonly sold: Float64Array
  readonly bought: Float64Array
  /** What is left of each token, in wrapped native; below nothing where it is short. */
  readonly over: Float64Array
  readonly value: number
}
const stepsMax = 80
const tolerance = 1e-10
/** Where Newton cannot go on this close, it is close enough. */
const goodEnough = 1e-6
/** In logarithms of price. */
const moveMax = 1
const driftStep = 1e-4

/**
 * Dual decomposition: given prices ν, pools are independent, and D(ν) = Σ ν·balance + Σ pools' profit is convex with
 * each token's excess as its gradient. Newton in ln ν: there a pool is a conductor between its tokens, the Hessian a
 * graph's Laplacian grounded at wrapped native. Where a step does not help (a kink), one token after the other.
 * Floats: sizes only, never decides.
 */
export function clear(what: Clearable, start: Float64Array = what.first): Clearing {
  const work = workspaceOf(what.graph)
  let [now, next] = work.points
  const enough = what.scale * tolerance
  for (const [token, price] of start.entries()) now.roots[token] = Math.sqrt(price)
  fillAll(what, now)
  for (let step = 0; step < stepsMax; step += 1) {
    const worst = markFree(what, now, work.free)
    if (worst <= enough) break
    if (stepped(what, now, next, work, enough)) {
      ;[now, next] = [next, now]
      continue
    }
    if (worst <= what.scale * goodEnough) break
    next.roots.set(now.roots)
    for (let token = 0; token < next.roots.length; token += 1)
      if (work.free[token] === 1) clearOne(what, next.roots, token, enough)
    fillAll(what, next)
    if (next.value >= now.value) break
    ;[now, next] = [next, now]
  }
  return {
    prices: now.roots.map((root) => root * root),
    sold: now.sold.slice(),
    bought: now.bought.slice(),
    over: now.over.slice(),
    value: now.value,
  }
}

/** Marks tokens whose price may still move the way their excess pulls it; the greatest excess of one. */
function markFree({ graph, first }: Clearable, { roots, over }: Point, free: Uint8Array): number {
  let worst = 0
  for (let token = 0; token < free.length; token += 1) {
    const middle = first[token] ?? 0
    const pull = over[token] ?? 0
    const off = (roots[token] ?? 0) / Math.sqrt(middle)
    const stuck = (off <= bounds.low * (1 + 1e-9) && pull > 0) || (off >= bounds.high * (1 - 1e-9) && pull < 0)
    free[token] = token === graph.wrapped || middle === 0 || stuck ? 0 : 1
    if (free[token] === 1) worst = Math.max(worst, Math.abs(pull))
  }
  return worst
}

/** One step down to `next`: of what drifts, where that is all that is left; else Newton's. `false` where it does not help. */
function stepped(what: Clearable, now: Point, next: Point, work: Workspace, enough: number): boolean {
  const drifts = findAdrift(what, now, work) && driftDirection(now, work, enough)
  if (!drifts && !newtonDirection(what, now, work)) return false
  return (
    alongLine(what, now, next, work.direction, drifts ? 48 : 12) && next.value < now.value - Math.abs(now.value) * 1e-15
  )
}

/**
 * Groups adrift move together, the way what they have over pulls them, until some pool to the rest is worth its fee.
 * Only once they are about balanced among themselves: `false` before, or where nothing pulls.
 */
function driftDirection({ over }: Point, { groups, direction }: Workspace, enough: number): boolean {
  direction.fill(0)
  let moves = false
  for (let group = 0; group < groups.length; group += 1) {
    if (groups[group] !== group) continue
    let [pull, apart] = [0, 0]
    for (let token = 0; token < groups.length; token += 1) {
      if (groups[token] !== group) continue
      pull += over[token] ?? 0
      apart = Math.max(apart, Math.abs(over[token] ?? 0))
    }
    if (Math.abs(pull) <= enough || apart > 2 * Math.abs(pull)) continue
    for (let token = 0; token < groups.length; token += 1)
      if (groups[token] === group) direction[token] = pull > 0 ? -driftStep : driftStep
    moves = true
  }
  return moves
}

/** −H⁻¹·gradient in ln ν, over the free tokens. */
function newtonDirection(what: Clearable, now: Point, work: Workspace): boolean {
  const { direction, free } = work
  if (!factorStiffness(what, now, work)) return false
  for (let token = 0; token < free.length; token += 1)
    direction[token] = free[token] === 1 ? -(now.over[token] ?? 0) : 0
  solve(work.matrix, free.length, direction)
  let longest = 0
  for (let token = 0; token < free.length; token += 1) longest = Math.max(longest, Math.abs(direction[token] ?? 0))
  if (longest > moveMax)
    for (let token = 0; token < free.length; token += 1)
      direction[token] = ((direction[token] ?? 0) * moveMax) / longest
  return true
}

/**
 * By how much prices move, in logarithms, when balances change by these worths of each token (in wrapped native): one
 * answer for each change. `null` where some token has no level.
 */
export function responses(
  what: Clearable,
  { prices }: Clearing,
  worths: readonly Float64Array[],
): readonly Float64Array[] | null {
  const work = workspaceOf(what.graph)
  const [now] = work.points
  for (const [token, price] of prices.entries()) now.roots[token] = Math.sqrt(price)
  fillAll(what, now)
  markFree(what, now, work.free)
  findAdrift(what, now, work)
  if (!factorStiffness(what, now, work)) return null
  return worths.map((worth) => {
    const move = worth.map((one, token) => (work.free[token] === 1 ? -one : 0))
    solve(work.matrix, move.length, move)
    return move
  })
}
