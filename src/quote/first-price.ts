import type { Address } from '#core/address.ts'
import type { PoolEntry } from './exchange.ts'

/** A pure function of the pool's record, kept beside it for as long as the record lives. */
const known = new WeakMap<object, Map<Address, number>>()

/** The price after fee of the first unit sold (bought per sold): a pool sells nothing above it. 0 where it sells none. */
export function firstPrice(entry: PoolEntry, token: Address): number {
  const kept = known.get(entry.pool) ?? new Map<Address, number>()
  known.set(entry.pool, kept)
  const price = kept.get(token) ?? bisect(entry, token)
  kept.set(token, price)
  return price
}

/** On the price's logarithm: from 1e-50 to 1e50 to the last bit that matters. */
function bisect({ module, pool }: PoolEntry, token: Address): number {
  let [low, high] = [-115, 115]
  if (module.fill(pool, token, Math.exp(low)).sold <= 0) return 0
  for (let i = 0; i < 52; i += 1) {
    const middle = (low + high) / 2
    if (module.fill(pool, token, Math.exp(middle)).sold > 0) low = middle
    else high = middle
  }
  return Math.exp(high)
}
