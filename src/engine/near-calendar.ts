import type { Block } from '#core/block.ts'
import type { PositionId } from '#core/book.ts'
import { plainly } from '../scene/scene.ts'
import { secondOf } from './crossers.ts'
import type { DecideSettings } from './decide.ts'
import { feedChanges } from './feed-changes.ts'
import type { Mirror } from './mirror.ts'
import type { NearLine } from './near-line.ts'
import { type Coming, crossingOf, type Entry, valued } from './upcoming.ts'

/** Of the soonest, so many are worth working out. */
const valuedMost = 12

/**
 * The calendar of those nearest to the line, for beside the path: `upcoming` looks at everybody and decides on every
 * entry in one go, this one entry a slice. Beyond the soonest few, what an entry is worth is left open.
 */
export function* nearCalendar(
  mirror: Mirror,
  next: Block,
  near: readonly NearLine[],
  options: {
    readonly blockSeconds: number
    readonly horizonSeconds: number
    readonly limit: number
    readonly settings: DecideSettings
  },
): Generator<void, readonly Coming[]> {
  const { blockSeconds, horizonSeconds, limit, settings } = options
  const horizon = next.timestamp + horizonSeconds
  const below = new Set<PositionId>(near.flatMap(({ isBelow, position }) => (isBelow ? [position.id] : [])))
  const entries = feedChanges(mirror, next, blockSeconds, horizon).map(
    (one): Entry => ({ ...one, concerns: (id) => !below.has(id), named: [] }),
  )
  for (const { key, position, isBelow } of near) {
    yield
    const module = mirror.modules.strategies.find((one) => one.key === key)?.module
    const at = module === undefined ? null : secondOf(module, mirror.sceneOf(key, plainly(next, 'interest')), position)
    if (at !== null && at <= horizon) entries.push(crossingOf(position.id, at, isBelow, next, blockSeconds))
  }
  const coming: Coming[] = []
  for (const [at, entry] of entries
    .sort((a, b) => a.at - b.at)
    .slice(0, limit)
    .entries()) {
    yield
    coming.push(at < valuedMost ? valued(mirror, entry, settings) : unvalued(entry))
  }
  return coming
}

const unvalued = ({ at, spec, feed, named }: Entry): Coming => ({
  ...{ at, feed, block: spec.block.number, what: spec.trigger, cause: spec.cause, positions: named },
  ...{ worth: null, reason: 'not worked out' },
})
