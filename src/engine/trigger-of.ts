import type { MarketId, PositionId } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { Trigger } from '#core/scene.ts'
import type { Changes } from './changes.ts'

/** What a plan of the next block stands on. */
export type Standing = {
  readonly positions: readonly PositionId[]
  readonly feeds: readonly FeedId[]
  /** The markets its positions are judged by. */
  readonly markets: readonly MarketId[]
  /** The pools its exits lead through. */
  readonly pools: readonly MarketId[]
  /** All its positions were below the line when the head before was judged. */
  readonly wasBelow: boolean
  /** What time alone was to bring, said before the newest head changed anything; `null` where nothing. */
  readonly foretold: Trigger | null
  /** Why one of its feeds reads otherwise in the next block, time alone having passed; `null` where none does. */
  readonly timed: 'cut-off' | 'derived-rate' | null
}

/**
 * What made a plan possible now. Of a position that has just crossed: what moved it, and where nothing did, interest.
 * Of one that was below before and that nobody took: the pool that moved, else what else changed, else nothing but gas
 * and time. `changes` is `null` where nothing was judged before: at a start.
 */
export function triggerOf(changes: Changes | null, plan: Standing): Trigger {
  if (changes === null) return 'stale'
  const has = <Id>(changed: ReadonlySet<Id>, own: readonly Id[]): boolean => own.some((id) => changed.has(id))
  if (plan.wasBelow && has(changes.pools, plan.pools)) return 'pool'
  if (!plan.wasBelow && plan.foretold !== null) return plan.foretold
  if (has(changes.landed, plan.feeds)) return 'update-landed'
  if (plan.timed !== null) return plan.timed
  if (has(changes.derived, plan.feeds)) return 'derived-rate'
  if (has(changes.parameters, plan.markets)) return 'parameter'
  if (plan.wasBelow) return 'stale'
  return has(changes.positions, plan.positions) ? 'head' : 'interest'
}
