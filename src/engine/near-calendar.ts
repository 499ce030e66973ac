import type { Block } from '#core/block.ts'
import type { PositionId } from '#core/book.ts'
import { plainly } from '../scene/scene.ts'
import { secondOf } from './crossers.ts'
import { feedChanges } from './feed-changes.ts'
import type { Mirror } from './mirror.ts'
import type { NearLine } from './near-line.ts'
import { type Coming, crossingOf } from './upcoming.ts'

/** An entry whose worth is still open, and whom alone it is about. */
export type Due = { readonly coming: Coming; readonly only: PositionId | null; readonly isBelow: boolean }

/**
 * The calendar of those nearest to the line, for beside the path: `upcoming` looks at everybody and decides on each entry
 * in one go, this finds the seconds, one position a slice, and leaves the worth to whoever has a thread for it.
 */
export function* nearCalendar(
  mirror: Mirror,
  next: Block,
  near: readonly NearLine[],
  options: { readonly blockSeconds: number; readonly horizonSeconds: number; readonly limit: number },
): Generator<void, readonly Due[]> {
  const { blockSeconds, horizonSeconds, limit } = options
  const horizon = next.timestamp + horizonSeconds
  const due = feedChanges(mirror, next, blockSeconds, horizon).map(({ at, spec, feed }): Due => {
    const coming = { at, feed, block: spec.block.number, what: spec.trigger, cause: spec.cause, positions: [] }
    return { coming: { ...coming, worth: null, reason: '' }, only: null, isBelow: false }
  })
  for (const { key, position, isBelow } of near) {
    yield
    const module = mirror.modules.strategies.find((one) => one.key === key)?.module
    const at = module === undefined ? null : secondOf(module, mirror.sceneOf(key, plainly(next, 'interest')), position)
    if (at === null || at > horizon) continue
    const { spec, cause, named } = { cause: '', ...crossingOf(position.id, at, isBelow, next, blockSeconds) }
    const coming = { at, feed: null, block: spec.block.number, what: spec.trigger, cause, positions: named }
    due.push({ coming: { ...coming, worth: null, reason: '' }, only: position.id, isBelow })
  }
  return due.sort((a, b) => a.coming.at - b.coming.at).slice(0, limit)
}
