import type { Address } from '#core/address.ts'
import { type Wei, wei } from '#core/numbers.ts'
import type { Flow } from '#core/opportunity.ts'
import type { Mirror } from '../engine/mirror.ts'
import { graphOf, type PoolEntry } from '../quote/exchange.ts'
import { spotPrices } from '../quote/spot-prices.ts'
import type { Taken } from './taken.ts'

/** In wei of wrapped native at the first prices of the pools at the range's end: to compare by, not to decide by. */
export type Valuation = (flow: Flow) => Wei | null

export function valuationOf(mirror: Mirror, wrapped: Address, tokens: readonly Address[]): Valuation {
  const pools = [...mirror.admittedPools()].flatMap(({ key, venue, id }): PoolEntry[] => {
    const pool = mirror.books.shelf(key).market(id)
    return pool === undefined ? [] : [{ venue: venue.name, module: venue.module, pool }]
  })
  const graph = graphOf({ pools, wrapped }, [...new Set([...tokens, wrapped])])
  const prices = spotPrices(graph)
  const priceOf = new Map(graph.tokens.map((token, at) => [token, prices[at] ?? 0] as const))
  return ({ asset, amount }) => {
    if (asset === 'native' || asset === wrapped) return wei(amount)
    const price = priceOf.get(asset) ?? 0
    return price > 0 ? wei(BigInt(Math.round(Number(amount) * price))) : null
  }
}

/**
 * What was repaid; where nobody repaid anything, what was handed over. `null` where there is no price for it, or where its
 * market is not followed, so that the tokens are not known.
 */
export function volumeOf({ outcome: { repaid, seized }, isFollowed }: Taken, value: Valuation): Wei | null {
  if (!isFollowed && repaid === null) return null
  return repaid === null ? sumOf(seized, value) : value(repaid)
}

/** What was handed over beyond what was repaid, before gas and tip; `null` where a price is missing. */
export function grossOf({ outcome: { repaid, seized }, isFollowed }: Taken, value: Valuation): Wei | null {
  if (!isFollowed && repaid === null) return null
  const [got, paid] = [sumOf(seized, value), repaid === null ? 0n : value(repaid)]
  return got === null || paid === null ? null : wei(got - paid)
}

function sumOf(flows: readonly Flow[], value: Valuation): Wei | null {
  let sum = 0n
  for (const flow of flows) {
    const one = value(flow)
    if (one === null) return null
    sum += one
  }
  return wei(sum)
}
