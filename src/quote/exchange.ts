import type { Address } from '#core/address.ts'
import type { Book, Market } from '#core/book.ts'
import type { Curve } from '#core/curve.ts'
import type { FlashSource } from '#core/flash.ts'
import type { Venue } from '#core/venue.ts'
import { type Layout, layoutOf } from './layout.ts'

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
/** Tokens and pools by index: the solver works on arrays, most of which have two entries a hop, one a side. */
export type Graph = Omit<Layout, 'edges'> & {
  readonly hops: readonly Hop[]
  readonly curves: readonly Curve[]
  /** √ of what the first unit sold gets, after fee. */
  readonly bids: Float64Array
  /** One a hop: how deep it is where it begins; the deeper of its sides. */
  readonly depths: Float64Array
}

/** Pools that could carry anything between the tokens that matter and wrapped native, in three hops at most. */
export function graphOf(exchange: Exchange, matter: readonly Address[]): Graph {
  const { edges, ...layout } = layoutOf(exchange, matter)
  const hops: Hop[] = []
  const curves: Curve[] = []
  const bids = new Float64Array(2 * edges.length)
  const depths = new Float64Array(edges.length)
  for (const [index, { at, a, b, tokenA, tokenB }] of edges.entries()) {
    const entry = exchange.pools[at] as PoolEntry
    hops.push({ entry, a, b, tokenA, tokenB })
    const [down, up] = [entry.module.curve(entry.pool, tokenA), entry.module.curve(entry.pool, tokenB)]
    curves.push(down, up)
    bids[2 * index] = down[0] ?? 0
    bids[2 * index + 1] = up[0] ?? 0
    depths[index] = Math.max(down[2] ?? 0, up[2] ?? 0)
  }
  return { ...layout, hops, curves, bids, depths }
}
