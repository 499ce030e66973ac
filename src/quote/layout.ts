import type { Address } from '#core/address.ts'
import type { Exchange } from './exchange.ts'

/** A pool by its place among the exchange's, between two tokens by theirs. */
type Between = {
  readonly at: number
  readonly a: number
  readonly b: number
  readonly tokenA: Address
  readonly tokenB: Address
}
/** What follows from which pools there are, whatever state they are in: from one block to the next it is the same. */
export type Layout = {
  readonly tokens: readonly Address[]
  readonly indexOf: ReadonlyMap<Address, number>
  readonly wrapped: number
  readonly edges: readonly Between[]
  readonly hopsOf: readonly (readonly number[])[]
  /** Tokens of each hop, two by two. */
  readonly ends: Int32Array
  /** Tokens from which wrapped native can be reached at all. */
  readonly reachable: ReadonlySet<Address>
}

type Kept = { readonly exchange: Exchange; readonly matter: readonly Address[]; readonly layout: Layout }
/** The last ones made; a few, since the tokens of one block's positions are seldom those of the next. */
const kept: Kept[] = []
const keptMax = 16

/** Pools of the tokens that lie within three hops between two that matter, wrapped native among them. */
export function layoutOf(exchange: Exchange, matter: readonly Address[]): Layout {
  const found = kept.findIndex((one) => isSame(one, exchange, matter))
  const [known] = found < 0 ? [] : kept.splice(found, 1)
  const layout = known?.layout ?? build(exchange, matter)
  kept.unshift({ exchange, matter, layout })
  kept.length = Math.min(kept.length, keptMax)
  return layout
}

function isSame(one: Kept, { pools, wrapped }: Exchange, matter: readonly Address[]): boolean {
  const before = one.exchange.pools
  if (one.exchange.wrapped !== wrapped || before.length !== pools.length || one.matter.length !== matter.length)
    return false
  for (const [i, token] of matter.entries()) if (one.matter[i] !== token) return false
  for (const [i, { pool, module }] of pools.entries())
    if (before[i]?.pool !== pool && (before[i]?.pool.id !== pool.id || before[i]?.module !== module)) return false
  return true
}

function build({ pools, wrapped }: Exchange, matter: readonly Address[]): Layout {
  const ends = pools.map(({ module, pool }) => module.tokens(pool))
  const beside = new Map<Address, Set<Address>>()
  for (const [one, other] of ends)
    for (const [from, to] of [[one, other] as const, [other, one] as const]) {
      const near = beside.get(from) ?? new Set()
      beside.set(from, near.add(to))
    }
  const wanted = [...new Set([wrapped, ...matter])]
  const distances = wanted.map((token) => distancesFrom(token, beside))
  const useful = [...beside.keys()].filter((token) => {
    const near = distances.map((of) => of.get(token) ?? Number.POSITIVE_INFINITY).sort((x, y) => x - y)
    return (near[0] ?? 9) + (near[1] ?? 9) <= 3
  })
  const tokens = [...new Set([...wanted, ...useful])]
  const indexOf = new Map(tokens.map((token, index) => [token, index]))
  const edges = ends.flatMap(([tokenA, tokenB], at): Between[] => {
    const [a, b] = [indexOf.get(tokenA), indexOf.get(tokenB)]
    return a === undefined || b === undefined ? [] : [{ at, a, b, tokenA, tokenB }]
  })
  const hopsOf = tokens.map((): number[] => [])
  for (const [hop, { a, b }] of edges.entries()) {
    hopsOf[a]?.push(hop)
    hopsOf[b]?.push(hop)
  }
  return {
    tokens,
    indexOf,
    wrapped: indexOf.get(wrapped) ?? 0,
    edges,
    hopsOf,
    ends: Int32Array.from(edges.flatMap(({ a, b }) => [a, b])),
    reachable: new Set(distances[0]?.keys() ?? []),
  }
}

function distancesFrom(start: Address, beside: ReadonlyMap<Address, ReadonlySet<Address>>): Map<Address, number> {
  const found = new Map([[start, 0]])
  for (const [token, distance] of found)
    for (const next of beside.get(token) ?? []) if (!found.has(next)) found.set(next, distance + 1)
  return found
}
