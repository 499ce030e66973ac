import { clearOne } from './clear-one.ts'
import type { Graph } from './exchange.ts'
import { solveDense } from './solve-dense.ts'

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
/** What is cleared: balances by token, sides that must not be used, and the prices the search keeps near. */
export type Clearable = {
  readonly graph: Graph
  readonly balances: Float64Array
  readonly closed: Uint8Array
  readonly first: Float64Array
  /** Worth beside which what is left over is nothing, in wrapped native. */
  readonly scale: number
}

/**
 * A token's price keeps within these factors of where it began. What is short at eight times its price nobody would
 * want to buy; what is over may go for next to nothing.
 */
const bounds = { low: Math.log(1e-4), high: Math.log(8) } as const
const stepsMax = 80
const tolerance = 1e-8
/** Where Newton cannot go on this close, it is close enough. */
const goodEnough = 1e-6
/** In logarithms of price. */
const moveMax = 1
const nudge = 1e-6
const driftStep = 1e-4
/** Pools that are not used bind prices too, from where they would be: without them a step has no measure. */
const idleShare = 1e-7

/**
 * Dual decomposition: given prices ν, pools are independent, and D(ν) = Σ ν·balance + Σ pools' profit is convex with
 * each token's excess as its gradient. Newton in ln ν: there a pool is a conductor between its tokens, the Hessian a
 * graph's Laplacian grounded at wrapped native. Where a step does not help (a kink), one token after the other.
 * Floats: sizes only, never decides.
 */
export function clear(what: Clearable, start: Float64Array = what.first): Clearing {
  const { scale } = what
  const enough = scale * tolerance
  let now = evaluate(what, start)
  for (let step = 0; step < stepsMax; step += 1) {
    const free = freeTokens(what, now)
    const worst = free.reduce((most, token) => Math.max(most, Math.abs(now.over[token] ?? 0)), 0)
    if (worst <= enough) break
    const groups = adrift(what, now, free)
    const drifting = driftDirection(groups, now, enough)
    const direction = drifting ?? newtonDirection(what, now, free, groups)
    const next = direction === null ? null : alongLine(what, now, direction, drifting === null ? 12 : 48)
    if (next !== null && next.value < now.value - Math.abs(now.value) * 1e-15) {
      now = next
      continue
    }
    if (worst <= scale * goodEnough) break
    const prices = Float64Array.from(now.prices)
    for (const token of free) clearOne(what, prices, token, bounds, enough)
    const swept = evaluate(what, prices)
    if (swept.value >= now.value) break
    now = swept
  }
  return now
}

/** Tokens whose price may still move the way their excess pulls it. */
function freeTokens({ graph, first }: Clearable, { prices, over }: Clearing): readonly number[] {
  const free: number[] = []
  for (let token = 0; token < prices.length; token += 1) {
    const middle = first[token] ?? 0
    if (token === graph.wrapped || middle === 0) continue
    const off = Math.log((prices[token] ?? middle) / middle)
    const pull = over[token] ?? 0
    if ((off <= bounds.low + 1e-9 && pull > 0) || (off >= bounds.high - 1e-9 && pull < 0)) continue
    free.push(token)
  }
  return free
}

/** Fills of all pools at these prices. A side is used where its first price (after fee) is above the one asked. */
export function evaluate({ graph, balances, closed }: Clearable, prices: Float64Array): Clearing {
  const { hops, bids } = graph
  const sold = new Float64Array(2 * hops.length)
  const bought = new Float64Array(2 * hops.length)
  const over = Float64Array.from(balances)
  for (const [index, { entry, a, b, tokenA, tokenB }] of hops.entries()) {
    const ratio = (prices[a] ?? 0) / (prices[b] ?? 0)
    const side = ratio < (bids[2 * index] ?? 0) ? 0 : 1 / ratio < (bids[2 * index + 1] ?? 0) ? 1 : -1
    if (side < 0 || closed[2 * index + side] === 1) continue
    const fill = entry.module.fill(entry.pool, side === 0 ? tokenA : tokenB, side === 0 ? ratio : 1 / ratio)
    const [sell, buy] = side === 0 ? [a, b] : [b, a]
    sold[2 * index + side] = fill.sold
    bought[2 * index + side] = fill.bought
    over[sell] = (over[sell] ?? 0) - fill.sold
    over[buy] = (over[buy] ?? 0) + fill.bought
  }
  let value = 0
  for (let token = 0; token < over.length; token += 1) {
    over[token] = (over[token] ?? 0) * (prices[token] ?? 0)
    value += over[token] ?? 0
  }
  return { prices, sold, bought, over, value }
}

/** Tokens joined by used pools, but not to wrapped native: their level among themselves is free. */
function adrift({ graph }: Clearable, { sold }: Clearing, free: readonly number[]): readonly (readonly number[])[] {
  const groupOf = graph.tokens.map((_, token) => token)
  for (const [index, { a, b }] of graph.hops.entries()) {
    if ((sold[2 * index] ?? 0) + (sold[2 * index + 1] ?? 0) === 0) continue
    const [from, to] = [groupOf[a], groupOf[b]]
    if (from !== to)
      for (const [token, group] of groupOf.entries()) if (group === from && to !== undefined) groupOf[token] = to
  }
  const groups = new Map<number, number[]>()
  for (const [token, group] of groupOf.entries()) {
    if (group === groupOf[graph.wrapped]) continue
    const members = groups.get(group) ?? []
    members.push(token)
    groups.set(group, members)
  }
  return [...groups.values()].filter((members) => members.every((token) => free.includes(token)))
}

/**
 * Groups adrift move together, the way what they have over pulls them, until some pool to the rest is worth its fee.
 * Only once they are about balanced among themselves: `null` before, or where nothing pulls.
 */
function driftDirection(
  groups: readonly (readonly number[])[],
  { over }: Clearing,
  enough: number,
): Float64Array | null {
  const direction = new Float64Array(over.length)
  let moves = false
  for (const members of groups) {
    const pull = members.reduce((sum, token) => sum + (over[token] ?? 0), 0)
    const apart = members.reduce((most, token) => Math.max(most, Math.abs(over[token] ?? 0)), 0)
    if (Math.abs(pull) <= enough || apart > 2 * Math.abs(pull)) continue
    for (const token of members) direction[token] = pull > 0 ? -driftStep : driftStep
    moves = true
  }
  return moves ? direction : null
}

/** −H⁻¹·gradient in ln ν, over the free tokens. */
function newtonDirection(
  what: Clearable,
  now: Clearing,
  free: readonly number[],
  groups: readonly (readonly number[])[],
): Float64Array | null {
  const solved = solveDense(
    stiffness(what, now, free, groups),
    free.map((token) => -(now.over[token] ?? 0)),
  )
  if (solved === null) return null
  const longest = solved.reduce((most, one) => Math.max(most, Math.abs(one)), 0)
  const direction = new Float64Array(what.graph.tokens.length)
  for (const [row, token] of free.entries())
    direction[token] = (solved[row] ?? 0) * (longest > moveMax ? moveMax / longest : 1)
  return direction
}

/**
 * By how much prices move, in logarithms, when balances change by these worths of each token (in wrapped native): one
 * answer for each change. `null` where some token has no level.
 */
export function responses(
  what: Clearable,
  now: Clearing,
  worths: readonly Float64Array[],
): readonly Float64Array[] | null {
  const free = freeTokens(what, now)
  const matrix = stiffness(what, now, free, adrift(what, now, free))
  const moves: Float64Array[] = []
  for (const worth of worths) {
    const solved = solveDense(
      matrix.map((row) => Float64Array.from(row)),
      free.map((token) => -(worth[token] ?? 0)),
    )
    if (solved === null) return null
    const move = new Float64Array(what.graph.tokens.length)
    for (const [row, token] of free.entries()) move[token] = solved[row] ?? 0
    moves.push(move)
  }
  return moves
}

/** The Hessian in ln ν over the free tokens: pools conduct between their tokens. */
function stiffness(
  what: Clearable,
  now: Clearing,
  free: readonly number[],
  groups: readonly (readonly number[])[],
): Float64Array[] {
  const { graph, closed } = what
  const size = free.length
  const rowOf = new Map(free.map((token, row) => [token, row]))
  const matrix = Array.from({ length: size }, () => new Float64Array(size))
  const bump = (row: number | undefined, column: number | undefined, by: number): void => {
    const line = row === undefined ? undefined : matrix[row]
    if (line !== undefined && column !== undefined) line[column] = (line[column] ?? 0) + by
  }
  for (const [index, { a, b }] of graph.hops.entries()) {
    if (closed[2 * index] === 1 && closed[2 * index + 1] === 1) continue
    const weight = conductance(what, now, index)
    const [rowA, rowB] = [rowOf.get(a), rowOf.get(b)]
    bump(rowA, rowA, weight)
    bump(rowB, rowB, weight)
    bump(rowA, rowB, -weight)
    bump(rowB, rowA, -weight)
  }
  for (let row = 0; row < size; row += 1) bump(row, row, what.scale * 1e-9)
  // A group adrift is held by one of its tokens, or the step would be all drift.
  for (const [token] of groups) {
    const row = token === undefined ? undefined : rowOf.get(token)
    if (row !== undefined) bump(row, row, (matrix[row]?.[row] ?? 0) * 1e6 + what.scale)
  }
  return matrix
}

/** Worth that moves a unit of ln price between the pool's tokens: −dx/dp · ν_sell² / ν_buy, by difference. */
function conductance({ graph: { hops, bids } }: Clearable, { prices, sold }: Clearing, index: number): number {
  const hop = hops[index]
  if (hop === undefined) return 0
  const { entry, a, b, tokenA, tokenB } = hop
  const used = (sold[2 * index] ?? 0) > 0 ? 0 : (sold[2 * index + 1] ?? 0) > 0 ? 1 : -1
  const side = used === -1 ? 0 : used
  const [token, sell, buy] = side === 0 ? [tokenA, prices[a], prices[b]] : [tokenB, prices[b], prices[a]]
  const [atSell, atBuy] = [sell ?? 0, buy ?? 1]
  const price = used === -1 ? (bids[2 * index + side] ?? 0) : atSell / atBuy
  const before = used === -1 ? 0 : (sold[2 * index + side] ?? 0)
  const after = entry.module.fill(entry.pool, token, price * (1 - nudge)).sold
  const weight = ((after - before) / nudge) * atSell
  return used === -1 ? weight * idleShare : weight
}

/** Goes where the slope along the direction has all but vanished: the far side of a kink is never jumped over. */
function alongLine(what: Clearable, from: Clearing, direction: Float64Array, triesMax: number): Clearing | null {
  const { first } = what
  const at = (far: number): Clearing =>
    evaluate(
      what,
      from.prices.map((one, token) => {
        const middle = first[token] ?? 0
        const moved = one * Math.exp(far * (direction[token] ?? 0))
        return Math.min(middle * Math.exp(bounds.high), Math.max(middle * Math.exp(bounds.low), moved))
      }),
    )
  const slope = ({ over }: Clearing): number => over.reduce((sum, one, token) => sum + one * (direction[token] ?? 0), 0)
  const begin = slope(from)
  if (!(begin < 0)) return null
  let [low, sLow, best] = [0, begin, from]
  let far = 1
  let point = at(far)
  let s = slope(point)
  for (let i = 0; i < 24 && s < 0.2 * begin; i += 1) {
    ;[low, sLow, best] = [far, s, point]
    far *= 3
    point = at(far)
    const next = slope(point)
    if (next === s) return point
    s = next
  }
  let [high, sHigh, across] = [far, s, point]
  for (let i = 0; i < triesMax && Math.abs(s) > 0.2 * -begin; i += 1) {
    far = i % 4 === 3 ? (low + high) / 2 : (low * sHigh - high * sLow) / (sHigh - sLow)
    point = at(far)
    s = slope(point)
    if (s < 0) [low, sLow, best, sHigh] = [far, s, point, sHigh / 2]
    else [high, sHigh, sLow, across] = [far, s, sLow / 2, point]
  }
  // Across a kink there is a pool that was not used before it: from there Newton knows more.
  return across.value < from.value ? across : best
}

/** What balances are worth at these prices, whichever their sign. */
export const worthOf = (balances: Float64Array, prices: Float64Array): number =>
  balances.reduce((sum, one, token) => sum + Math.abs(one) * (prices[token] ?? 0), 0)
