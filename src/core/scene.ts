import type { Hex } from './address.ts'
import type { Block } from './block.ts'
import type { Book } from './book.ts'
import type { FeedId, Reading } from './feed.ts'
import type { Rec } from './plain.ts'

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
