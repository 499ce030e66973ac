import type { Dirty, MarketId, Patch, PositionId } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { Modules } from './modules.ts'

/** What has changed since the newest head was begun with: by its logs, and by what was read again at it. */
export type Changes = {
  /** By an aggregator's log. */
  readonly landed: Set<FeedId>
  /** By a read: a rate that moves by time or rebase, of which no log tells. */
  readonly derived: Set<FeedId>
  /** Markets that a log named as changed in more than their indices. */
  readonly parameters: Set<MarketId>
  /** Markets that a log changed exactly: indices, rates, cash. */
  readonly moved: Set<MarketId>
  /** Positions that a log touched. */
  readonly positions: Set<PositionId>
  readonly pools: Set<MarketId>
}

export const noChanges = (): Changes => ({
  landed: new Set(),
  derived: new Set(),
  parameters: new Set(),
  moved: new Set(),
  positions: new Set(),
  pools: new Set(),
})

/** What a module's patches and its stale records are changes of. */
export function noteIn(
  changes: Changes,
  { venues }: Modules,
  key: string,
  patches: readonly Patch[],
  dirty: Dirty,
): void {
  const markets = patches.flatMap((patch) => (patch.op === 'put-market' ? [patch.market.id] : []))
  if (venues.some((venue) => venue.key === key)) for (const id of [...markets, ...dirty.markets]) changes.pools.add(id)
  else {
    for (const id of dirty.markets) changes.parameters.add(id)
    for (const id of markets) changes.moved.add(id)
  }
  for (const id of dirty.positions) changes.positions.add(id)
}
