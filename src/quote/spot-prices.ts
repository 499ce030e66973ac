import { fillTo } from '#core/curve.ts'
import type { Graph } from './exchange.ts'

/**
 * First prices of all tokens in wrapped native: from each token to the next by the deepest pool. Tokens that are not
 * joined to it stay at 0. Only where the search starts depends on them.
 */
export function spotPrices({ tokens, wrapped, hops, bids, curves }: Graph): Float64Array {
  const prices = new Float64Array(tokens.length)
  prices[wrapped] = 1
  const sold = hops.map((_, hop) => fillTo(curves[2 * hop] as Float64Array, (bids[2 * hop] ?? 0) ** 2 * 0.99).sold)
  for (;;) {
    let best = { depth: 0, token: -1, price: 0 }
    for (const [index, { a, b }] of hops.entries()) {
      const [atA, atB] = [prices[a] ?? 0, prices[b] ?? 0]
      const [bidA, bidB] = [bids[2 * index] ?? 0, bids[2 * index + 1] ?? 0]
      if ((bidA === 0 && bidB === 0) || atA > 0 === atB > 0) continue
      // Where one way alone is open, its first price is all there is to go by.
      const spot = bidA === 0 ? 1 / bidB ** 2 : bidB === 0 ? bidA ** 2 : bidA / bidB
      const price = atB > 0 ? atB * spot : atA / spot
      const depth = (sold[index] ?? 0) * (atB > 0 ? price : atA)
      if (depth > best.depth) best = { depth, token: atB > 0 ? a : b, price }
    }
    if (best.token < 0) return prices
    prices[best.token] = best.price
  }
}
