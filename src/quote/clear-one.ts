import type { Clearable } from './clear.ts'

/**
 * Sets one token's price to where its excess is nothing, the others' held: its excess rises with its own price, so a
 * bracket and a secant on it find the place. The price stays within the bounds (logarithms) of where it began.
 */
export function clearOne(
  what: Clearable,
  prices: Float64Array,
  token: number,
  { low, high }: { readonly low: number; readonly high: number },
  enough: number,
): void {
  const middle = Math.log(what.first[token] ?? 1)
  const at = (log: number): number => {
    prices[token] = Math.exp(log)
    return excess(what, prices, token)
  }
  const begin = Math.min(middle + high, Math.max(middle + low, Math.log(prices[token] ?? 1)))
  let z = at(begin)
  if (Math.abs(z) * (prices[token] ?? 0) <= enough * 0.1) return
  let [inner, zInner] = [begin, z]
  let [outer, zOuter] = [begin, z]
  const limit = z > 0 ? middle + low : middle + high
  for (let step = 1e-3; zOuter > 0 === z > 0 && zOuter !== 0; step *= 4) {
    ;[inner, zInner] = [outer, zOuter]
    if (outer === limit) return
    outer = z > 0 ? Math.max(limit, outer - step) : Math.min(limit, outer + step)
    zOuter = at(outer)
  }
  // Illinois: a secant that cannot stall, on a bracket.
  for (let i = 0; i < 60 && Math.abs(outer - inner) > 1e-14 && zOuter !== 0; i += 1) {
    const between = i % 8 === 7 ? (inner + outer) / 2 : (inner * zOuter - outer * zInner) / (zOuter - zInner)
    z = at(between)
    if (Math.abs(z) * (prices[token] ?? 0) <= enough * 0.05) return
    if (z > 0 === zOuter > 0) zInner /= 2
    else [inner, zInner] = [outer, zOuter]
    ;[outer, zOuter] = [between, z]
  }
  at(outer)
}

/** What is left of a token once its pools are filled at these prices; below nothing where it is short. */
function excess({ graph, balances, closed }: Clearable, prices: Float64Array, token: number): number {
  let left = balances[token] ?? 0
  for (const index of graph.hopsOf[token] ?? []) {
    const hop = graph.hops[index]
    if (hop === undefined) continue
    const ratio = (prices[hop.a] ?? 0) / (prices[hop.b] ?? 0)
    const first = ratio < (graph.bids[2 * index] ?? 0)
    if (!first && !(1 / ratio < (graph.bids[2 * index + 1] ?? 0))) continue
    if (closed[2 * index + (first ? 0 : 1)] === 1) continue
    const sell = first ? hop.tokenA : hop.tokenB
    const fill = hop.entry.module.fill(hop.entry.pool, sell, first ? ratio : 1 / ratio)
    left += (token === hop.a) === first ? -fill.sold : fill.bought
  }
  return left
}
