import type { Address } from './address.ts'
import type { FeedId, Reading } from './feed.ts'
import type { Brand } from './numbers.ts'
import type { Rec } from './plain.ts'

export type MarketId = Brand<string, 'market'>
export type PositionId = Brand<string, 'position'>
export const marketId = (text: string): MarketId => text as MarketId
export const positionId = (text: string): PositionId => text as PositionId

/** Shared state a protocol judges by. `epoch` changes with any parameter that screen weights hold. */
export type Market<M extends Rec = Rec> = { readonly id: MarketId; readonly epoch: number; readonly data: M }
/** Anything that can yield an opportunity. `market` is its home; `data` may name more. */
export type Position<P extends Rec = Rec> = {
  readonly id: PositionId
  readonly market: MarketId
  readonly owner: Address | null
  readonly data: P
}

/**
 * Absolute, never a delta: applying it twice is applying it once, and applying it yields its inverse (the record
 * before, or its absence), which is all a reorg, a snapshot, a repair and a what-if need. The engine adds whose it is;
 * a venue's pool and a lender's cash are markets without positions.
 */
export type Patch<M extends Rec = Rec, P extends Rec = Rec> =
  | { readonly op: 'put-market'; readonly market: Market<M> }
  | { readonly op: 'put-position'; readonly position: Position<P> }
  | { readonly op: 'drop-market'; readonly id: MarketId }
  | { readonly op: 'drop-position'; readonly id: PositionId }
  | { readonly op: 'put-feed'; readonly id: FeedId; readonly reading: Reading }

/** A patch with the module whose record it changes; feeds belong to nobody. */
export type OwnedPatch = { readonly owner: string; readonly patch: Patch }

/** Read-only, at one block, one module's records only. The engine may hold them packed: never keep one. */
export interface Book<M extends Rec = Rec, P extends Rec = Rec> {
  readonly market: (id: MarketId) => Market<M> | undefined
  readonly markets: () => Iterable<Market<M>>
  readonly position: (id: PositionId) => Position<P> | undefined
  readonly positions: () => Iterable<Position<P>>
  readonly positionsOf: (market: MarketId) => Iterable<Position<P>>
}

/** What a log made stale: to be read again at the same block. */
export type Dirty = { readonly markets: readonly MarketId[]; readonly positions: readonly PositionId[] }
/** What a log changed: exactly (`patches`), or by name only (`dirty`). */
export type Folded<M extends Rec = Rec, P extends Rec = Rec> = {
  readonly patches: readonly Patch<M, P>[]
  readonly dirty: Dirty
}
export const nothingFolded: Folded<never, never> = { patches: [], dirty: { markets: [], positions: [] } }
