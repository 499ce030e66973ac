import type { Address, Asset, Hex } from './address.ts'
import type { Block } from './block.ts'
import type { MarketId } from './book.ts'
import type { Brand } from './numbers.ts'

export type FeedId = Brand<string, 'feed'>
export const feedId = (text: string): FeedId => text as FeedId

/** `null`: the protocol's read reverts, so nothing can be liquidated by it. `updatedAt` in seconds. */
export type Reading = { readonly value: bigint; readonly updatedAt: number } | null

/** `price`: a contract that answers `latestAnswer`; what stands behind it, and what moves it, is the engine's to find. */
export type FeedSource =
  | { readonly kind: 'price'; readonly contract: Address }
  | { readonly kind: 'rate'; readonly contract: Address; readonly call: Hex }
  | { readonly kind: 'feed'; readonly feed: FeedId }
  | { readonly kind: 'state'; readonly contract: Address; readonly slot: Hex }

/** A second, a block, or never. */
export type When = { readonly atSecond: number } | { readonly atBlock: number } | null

/**
 * What a feed prices: one smallest unit of `token` is worth value × `scale` of `quote` (dollars, or smallest units of an
 * asset). A float, for shocks and for people: nothing decides by it.
 */
export type Priced = { readonly token: Asset; readonly quote: Asset | 'usd'; readonly scale: number }

/**
 * An integer the protocol itself will read, after all adapters. Derived from its sources where `derive` is there;
 * else `read` at the block.
 */
export type Feed = {
  readonly id: FeedId
  readonly sources: readonly FeedSource[]
  /** Power of ten and pair: `usd-1e8 per token`. */
  readonly unit: string
  /** Absent where it is no price of one token: a parameter, a sentinel, a price that several tokens share. */
  readonly prices?: Priced
  readonly derive: ((sources: readonly Reading[], block: Block) => Reading) | null
  /** Next second at which time alone changes it. */
  readonly nextChange: ((sources: readonly Reading[], block: Block) => When) | null
  readonly read: { readonly to: Address; readonly data: Hex; readonly decode: (answer: Hex) => bigint }
  /** Anybody could make it, and nobody chose it: of such only so many are read with one head, in turn. */
  readonly isAnybodys?: true
}

/** weight × feed × index; an index is one slot of its market's `indices`, moved by time and logs, never by a feed. */
export type Term = {
  readonly weight: number
  readonly feed: FeedId | null
  readonly market: MarketId | null
  readonly slot: number
}
/** Σ of the terms, less an allowance, from 0 on, for what rounding may take. */
export type Line = { readonly terms: readonly Term[]; readonly allowance: number }
/**
 * A position is worth proving when any of its lines sums below the guard band. Feeds and indices are never negative
 * where they count. The engine packs it, so that it is told anew only with the position, or its market's epoch: what
 * cannot be told yet (a market that is not there) is `always`.
 */
export type Exposure = 'always' | readonly Line[]
