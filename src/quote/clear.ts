import type { Graph } from './exchange.ts'

/**
 * Prices of all tokens in wrapped native at which every pool, filled by itself, leaves no token short or over; and the
 * fills. `sold` and `bought` have two entries a hop: side 0 sells its first token. `value` is the wrapped native left.
 */
export type Clearing = {
  readonly prices: Float64Array
  readonly sold: Float64Array
  readonly bought: Float64Array
  readonly value: number
}

/** A token is priced within this factor of where it began: what is still short there is as good as impossible. */
const span = Math.log(1e4)
const sweepsMax = 120
const tolerance = 1e-9

/**
 * Dual decomposition: given prices ν, pools are independent, and D(ν) = Σ ν·balance + Σ pools' profit is convex with
 * each token's excess as its gradient. One token after the other is cleared by a root-find in ln ν, its excess rising
 * with its own price; tokens are gross substitutes, so the sweeps settle. Floats: sizes only, never decides.
 */
export function clear(
  graph: Graph,
  balances: Float64Array,
  closed: Uint8Array,
  first: Float64Array,
  start: Float64Array = first,
): Clearing {
  const prices = Float64Array.from(start)
  const scale = balances.reduce((sum, one, token) => sum + Math.abs(one) * (first[token] ?? 0), 0)
  const enough = scale * tolerance
  for (let sweep = 0; sweep < sweepsMax; sweep += 1) {
    let worst = 0
    for (let token = 0; token < prices.length; token += 1) {
      if (token === graph.wrapped || !((first[token] ?? 0) > 0)) continue
      const short = clearOne(graph, balances, closed, prices, token, Math.log(first[token] ?? 1), enough)
      if (short > worst) worst = short
    }
    if (worst <= enough) break
  }
  return { prices, ...fills(graph, closed, balances, prices) }
}

/** Sets the token's price to where its excess is nothing. @returns the worth of its excess before. */
function clearOne(
  graph: Graph,
  balances: Float64Array,
  closed: Uint8Array,
  prices: Float64Array,
  token: number,
  middle: number,
  enough: number,
): number {
  const at = (log: number): number => {
    prices[token] = Math.exp(log)
    return excess(graph, balances, closed, prices, token)
  }
  const begin = Math.min(middle + span, Math.max(middle - span, Math.log(prices[token] ?? 1)))
  let z = at(begin)
  const before = Math.abs(z) * (prices[token] ?? 0)
  if (before <= enough * 0.1) return before
  let [inner, zInner] = [begin, z]
  let outer = begin
  let zOuter = z
  for (let step = 1e-3; zOuter > 0 === z > 0 && zOuter !== 0; step *= 4) {
    ;[inner, zInner] = [outer, zOuter]
    const limit = z > 0 ? middle - span : middle + span
    if (outer === limit) return 0
    outer = z > 0 ? Math.max(limit, outer - step) : Math.min(limit, outer + step)
    zOuter = at(outer)
  }
  // Illinois: a secant that cannot stall, on a bracket.
  for (let i = 0; i < 60 && Math.abs(outer - inner) > 1e-14; i += 1) {
    if (zOuter === 0) break
    const between = i % 8 === 7 ? (inner + outer) / 2 : (inner * zOuter - outer * zInner) / (zOuter - zInner)
    z = at(between)
    if (Math.abs(z) * (prices[token] ?? 0) <= enough * 0.05) return before
    if (z > 0 === zOuter > 0) {
      ;[outer, zOuter] = [between, z]
      zInner /= 2
    } else {
      ;[inner, zInner] = [outer, zOuter]
      ;[outer, zOuter] = [between, z]
    }
  }
  at(outer)
  return before
}

/** What is left of a token once its pools are filled at these prices; below nothing where it is short. */
function excess(
  { hopsOf, hops }: Graph,
  balances: Float64Array,
  closed: Uint8Array,
  prices: Float64Array,
  token: number,
): number {
  let left = balances[token] ?? 0
  for (const index of hopsOf[token] ?? []) {
    const hop = hops[index]
    if (hop === undefined) continue
    const { entry, a, b, tokenA, tokenB } = hop
    const [atA, atB] = [prices[a] ?? 0, prices[b] ?? 0]
    if (!(atA > 0 && atB > 0)) continue
    const first = closed[2 * index] === 1 ? null : entry.module.fill(entry.pool, tokenA, atA / atB)
    if (first !== null && first.sold > 0) {
      left += token === a ? -first.sold : first.bought
      continue
    }
    if (closed[2 * index + 1] === 1) continue
    const second = entry.module.fill(entry.pool, tokenB, atB / atA)
    left += token === a ? second.bought : -second.sold
  }
  return left
}

function fills(
  { hops }: Graph,
  closed: Uint8Array,
  balances: Float64Array,
  prices: Float64Array,
): Omit<Clearing, 'prices'> {
  const sold = new Float64Array(2 * hops.length)
  const bought = new Float64Array(2 * hops.length)
  let value = balances.reduce((sum, one, token) => sum + one * (prices[token] ?? 0), 0)
  for (const [index, { entry, a, b, tokenA, tokenB }] of hops.entries()) {
    const [atA, atB] = [prices[a] ?? 0, prices[b] ?? 0]
    if (!(atA > 0 && atB > 0)) continue
    for (const [side, token, mine, other] of [
      [0, tokenA, atA, atB],
      [1, tokenB, atB, atA],
    ] as const) {
      if (closed[2 * index + side] === 1) continue
      const fill = entry.module.fill(entry.pool, token, mine / other)
      sold[2 * index + side] = fill.sold
      bought[2 * index + side] = fill.bought
      value += fill.bought * other - fill.sold * mine
    }
  }
  return { sold, bought, value }
}
