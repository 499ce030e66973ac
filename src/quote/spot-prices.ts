import type { Graph, Hop, PoolEntry } from './exchange.ts'

/** Token a in units of b, both sides' fee taken out; `depth` in a, within about one per cent. */
type Spot = { readonly price: number; readonly depth: number } | null

/** A pure function of the pool's record, kept beside it for as long as the record lives. */
const known = new WeakMap<object, Spot>()

/**
 * First prices of all tokens in wrapped native: from each token to the next by the deepest pool. Tokens that are not
 * joined to it stay at 0. Only where the search starts depends on them.
 */
export function spotPrices(graph: Graph): Float64Array {
  const prices = new Float64Array(graph.tokens.length)
  prices[graph.wrapped] = 1
  const spots = graph.hops.map(spotOf)
  for (;;) {
    let best = { depth: 0, token: -1, price: 0 }
    graph.hops.forEach(({ a, b }, index) => {
      const spot = spots[index] ?? null
      const [atA, atB] = [prices[a] ?? 0, prices[b] ?? 0]
      if (spot === null || atA > 0 === atB > 0) return
      const price = atB > 0 ? atB * spot.price : atA / spot.price
      const depth = spot.depth * (atB > 0 ? price : atA)
      if (depth > best.depth) best = { depth, token: atB > 0 ? a : b, price }
    })
    if (best.token < 0) return prices
    prices[best.token] = best.price
  }
}

function spotOf({ entry, tokenA, tokenB }: Hop): Spot {
  const found = known.get(entry.pool)
  if (found !== undefined) return found
  const [bidA, bidB] = [firstPrice(entry, tokenA), firstPrice(entry, tokenB)]
  const spot =
    bidA === 0 || bidB === 0
      ? null
      : { price: Math.sqrt(bidA / bidB), depth: entry.module.fill(entry.pool, tokenA, bidA * 0.99).sold }
  known.set(entry.pool, spot)
  return spot
}

/** The price at which the first unit is sold: nothing is sold above it. Bisection on its logarithm. */
function firstPrice({ module, pool }: PoolEntry, token: Hop['tokenA']): number {
  let [low, high] = [-115, 115]
  if (module.fill(pool, token, Math.exp(low)).sold <= 0) return 0
  for (let i = 0; i < 48; i += 1) {
    const middle = (low + high) / 2
    if (module.fill(pool, token, Math.exp(middle)).sold > 0) low = middle
    else high = middle
  }
  return Math.exp((low + high) / 2)
}
