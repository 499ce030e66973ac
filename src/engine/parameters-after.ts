import type { Hex } from '#core/address.ts'
import type { MarketId, OwnedPatch, Patch, PositionId } from '#core/book.ts'
import type { QueuedPayload } from '#core/payload.ts'
import type { View } from '#core/world.ts'
import { overlay } from '../book/overlay.ts'
import { matches } from '../chain/match.ts'
import type { Behind } from '../chain/view-behind.ts'
import type { Mirror } from './mirror.ts'
import { toldBy } from './told-by.ts'

/** Runs payloads beside the path, on the state of a block. */
export type RunBehind = (view: View, hash: Hex, payload: QueuedPayload, timestamp: number) => Promise<Behind>

/**
 * What would hold once a payload is executed: its logs are folded and what they leave stale is read behind it, by the
 * strategies' own reads, just as if it had landed. Feeds that would then answer otherwise are patched too.
 * `null` where it would fail.
 */
export async function parametersAfter(
  mirror: Mirror,
  { view, logs, isDone }: Behind,
): Promise<readonly OwnedPatch[] | null> {
  if (!isDone) return null
  const all: OwnedPatch[] = []
  for (const { key, module } of mirror.modules.strategies) {
    const base = mirror.books.shelf(key)
    const filters = module.watches(base)
    const patches: Patch[] = []
    const dirty = { markets: new Set<MarketId>(), positions: new Set<PositionId>() }
    for (const log of logs.filter((one) => filters.some((filter) => matches(filter, one)))) {
      const folded = module.fold(overlay(base, patches), log)
      patches.push(...folded.patches)
      for (const id of folded.dirty.markets) dirty.markets.add(id)
      for (const id of folded.dirty.positions) dirty.positions.add(id)
    }
    if (patches.length === 0 && dirty.markets.size === 0 && dirty.positions.size === 0) continue
    const stale = { markets: [...dirty.markets], positions: [...dirty.positions] }
    patches.push(...(await module.refresh(view, overlay(base, patches), stale)))
    const feeds = module.feeds(overlay(base, patches))
    const answers = await view.call(feeds.map(({ read }) => ({ to: read.to, data: read.data })))
    feeds.forEach((feed, at) => {
      const reading = toldBy(feed, answers[at] ?? null, view.block)
      if (reading?.value === mirror.books.feed(feed.id)?.value) return
      patches.push({ op: 'put-feed', id: feed.id, reading })
    })
    all.push(...patches.map((patch) => ({ owner: key, patch })))
  }
  return all
}
