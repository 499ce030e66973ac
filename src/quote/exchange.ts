import type { Address } from '#core/address.ts'
import type { Book, Market } from '#core/book.ts'
import type { FlashSource } from '#core/flash.ts'
import type { Venue } from '#core/venue.ts'
import { firstPrice } from './first-price.ts'

/** A pool that was admitted, with the venue that knows it. `venue` is the venue's name in the configuration. */
export type PoolEntry = { readonly venue: string; readonly module: Venue; readonly pool: Market }
export type Exchange = { readonly pools: readonly PoolEntry[]; readonly wrapped: Address }
export type Lender = { readonly source: string; readonly module: FlashSource; readonly book: Book }

/** A pool as an edge between two tokens, by their indices. Side 0 sells `a`, side 1 sells `b`. */
export type Hop = {
  readonly entry: PoolEntry
  readonly a: number
  readonly b: number
  readonly tokenA: Address
  readonly tokenB: Address
}
/** Tokens and pools by index: the solver works on arrays. `closed` has two entries a hop, one a side. */
export type Graph = {
  readonly tokens: readonly Address[]
  readonly indexOf: ReadonlyMap<Address, number>
  readonly wrapped: number
  readonly hops: readonly Hop[]
  readonly hopsOf: readonly (readonly number[])[]
  /** What the first unit sold gets, after fee; by hop and side. */
  readonly bids: Float64Array
}

/** Pools that could carry anything between the tokens that matter and wrapped native, in three hops at most. */
export function graphOf(exchange: Exchange, matter: readonly Address[]): Graph {
  const edges = exchange.pools.map((entry) => ({ entry, ends: entry.module.tokens(entry.pool) }))
  const beside = new Map<Address, Set<Address>>()
  for (const { ends } of edges)
    for (const [from, to] of [ends, [ends[1], ends[0]] as const]) {
      const near = beside.get(from) ?? new Set()
      beside.set(from, near.add(to))
    }
  const wanted = [...new Set([exchange.wrapped, ...matter])]
  const distances = wanted.map((token) => distancesFrom(token, beside))
  const useful = [...beside.keys()].filter((token) => {
    const near = distances.map((of) => of.get(token) ?? Number.POSITIVE_INFINITY).sort((x, y) => x - y)
    return (near[0] ?? 9) + (near[1] ?? 9) <= 3
  })
  const tokens = [...new Set([...wanted, ...useful])]
  const indexOf = new Map(tokens.map((token, index) => [token, index]))
  const hops = edges.flatMap(({ entry, ends: [tokenA, tokenB] }): Hop[] => {
    const [a, b] = [indexOf.get(tokenA), indexOf.get(tokenB)]
    return a === undefined || b === undefined ? [] : [{ entry, a, b, tokenA, tokenB }]
  })
  const hopsOf = tokens.map((): number[] => [])
  for (const [index, { a, b }] of hops.entries()) {
    hopsOf[a]?.push(index)
    hopsOf[b]?.push(index)
  }
  const bids = Float64Array.from(
    hops.flatMap(({ entry, tokenA, tokenB }) => [firstPrice(entry, tokenA), firstPrice(entry, tokenB)]),
  )
  return { tokens, indexOf, wrapped: indexOf.get(exchange.wrapped) ?? 0, hops, hopsOf, bids }
}

/** Tokens from which wrapped native can be reached at all. */
export function reachable(exchange: Exchange): ReadonlySet<Address> {
  const beside = new Map<Address, Address[]>()
  for (const { module, pool } of exchange.pools) {
    const [a, b] = module.tokens(pool)
    beside.set(a, [...(beside.get(a) ?? []), b])
    beside.set(b, [...(beside.get(b) ?? []), a])
  }
  const seen = new Set([exchange.wrapped])
  for (const token of seen) for (const next of beside.get(token) ?? []) seen.add(next)
  return seen
}

function distancesFrom(start: Address, beside: ReadonlyMap<Address, ReadonlySet<Address>>): Map<Address, number> {
  const found = new Map([[start, 0]])
  for (const [token, distance] of found)
    for (const next of beside.get(token) ?? []) if (!found.has(next)) found.set(next, distance + 1)
  return found
}
