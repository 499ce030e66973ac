import type { Hex } from './address.ts'
import type { Block } from './block.ts'
import type { Book, OwnedPatch, PositionId } from './book.ts'
import type { FeedId, Reading } from './feed.ts'
import type { Rec } from './plain.ts'
import type { Input, View } from './world.ts'

/** Why a scene was made; carried by the opportunity to its verdict, its submission policy and the metrics. */
export type Trigger =
  | 'head'
  | 'update-landed'
  | 'update-pending'
  | 'cut-off'
  | 'derived-rate'
  | 'interest'
  | 'step'
  | 'parameter'
  | 'parameter-queued'
  | 'pool'
  | 'stale'
  | 'shock'
  | 'history'

/** A scene as its maker describes it: what is laid over the book, and what must come first. */
export type SceneSpec = {
  readonly trigger: Trigger
  readonly block: Block
  /** What made it, for the journal: a transaction's hash, a feed, a payload; empty for the next block itself. */
  readonly cause: string
  readonly patches: readonly OwnedPatch[]
  /** Raw transactions that must come before ours, in their order. */
  readonly before: readonly Hex[]
  /** One more that must come first, known by its hash alone: only the auction that told it takes a bundle behind it. */
  readonly behind?: Hex
}

/**
 * Makes scenes of what may come, beside the next block itself. Asked after every head, and told of every input between
 * heads; synchronous, out of memory alone, and holds nothing that a reorg would leave wrong.
 */
export interface SceneSource {
  /** `next`: the block to come on the newest head. */
  readonly onHead: (next: Block) => readonly SceneSpec[]
  readonly onInput: (input: Exclude<Input, { readonly kind: 'head' }>, next: Block) => readonly SceneSpec[]
  /** Why time alone was to bring a position below the line in that block, as known before the head it follows. */
  readonly foretold?: (position: PositionId, next: Block) => Trigger | null
  /** Reads beside the path what cannot be computed; true where `onHead` then has more to say. */
  readonly care?: (view: View, isCurrent: () => boolean) => Promise<boolean>
}

/** A state of the world to judge positions in. `book` and `feed` already hold what the scene changes. */
export interface Scene<M extends Rec = Rec, P extends Rec = Rec> {
  readonly id: string
  readonly block: Block
  readonly trigger: Trigger
  readonly book: Book<M, P>
  readonly feed: (id: FeedId) => Reading
  /** Raw transactions that must come before ours. */
  readonly before: readonly Hex[]
}
