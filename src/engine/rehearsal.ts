import type { Block } from '#core/block.ts'
import type { PositionId } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { Plan } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import { plainly } from '../scene/scene.ts'
import type { Decision, Hold } from './decide.ts'
import type { Mirror } from './mirror.ts'
import { feedOwner } from './prices.ts'
import { positionsOf } from './verdict-record.ts'

/** Falls of a price tried, the smallest first, in millionths. */
const fallsPpm = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000]
/** More at once would take longer than there is time for beside the path; a finer fall is looked for instead. */
const crossingMax = 4

export type Rehearsal = (
  next: Block,
  /** Below the line already, and judged. */
  known: ReadonlySet<string>,
  hold: Hold,
  judge: (spec: SceneSpec, hold: Hold) => Decision,
) => {
  readonly plans: readonly Plan[]
  /** Whom a fall of any price would bring below the line first, when that was last rehearsed. */
  readonly near: readonly PositionId[]
}

/**
 * Judges the next block with one price fallen as little as brings somebody new below the line; another feed each time.
 * Done beside the path after every head, it walks the whole of it, so that no part runs cold, and says whose plans to
 * have ready.
 */
export function createRehearsal(mirror: Mirror): Rehearsal {
  const near = new Map<string, readonly PositionId[]>()
  const scene = sceneMaker(mirror)
  return (next, known, hold, judge) => {
    const spec = scene(next, (position) => known.has(position))
    const held: Hold = (key, position, market) =>
      known.has(position) ? { reason: 'in-flight', detail: 'judged already' } : hold(key, position, market)
    const plans = spec === null ? [] : judge(spec, held).plans
    if (spec !== null)
      near.set(
        spec.cause,
        plans.flatMap((plan) => positionsOf({ do: 'act', plan })),
      )
    return { plans, near: [...near.values()].flat() }
  }
}

/** `null` where the feed whose turn it is is not near enough to anybody. */
function sceneMaker(mirror: Mirror): (next: Block, isKnown: (position: string) => boolean) => SceneSpec | null {
  let turn = 0
  return (next, isKnown) => {
    const feeds = mirror.modules.strategies.flatMap(({ key, module }) => module.feeds(mirror.books.shelf(key)))
    const readingOf = mirror.feeds().at(next)
    const { id } = feeds[turn++ % feeds.length] ?? {}
    const reading = id === undefined ? null : readingOf(id)
    return id === undefined || reading === null ? null : smallestFall(mirror, next, id, reading, isKnown)
  }
}

function smallestFall(
  mirror: Mirror,
  next: Block,
  feed: FeedId,
  reading: NonNullable<Reading>,
  isKnown: (position: string) => boolean,
): SceneSpec | null {
  const crossing = (ppm: number): number => newcomers(mirror, fallen(next, feed, reading, ppm), isKnown)
  const first = fallsPpm.findIndex((ppm) => crossing(ppm) > 0)
  let over = fallsPpm[first]
  if (over === undefined) return null
  let safe = fallsPpm[first - 1] ?? 0
  let count = crossing(over)
  while (over - safe > 1 && count > crossingMax) {
    const middle: number = (over + safe) >> 1
    const some = crossing(middle)
    if (some > 0) [over, count] = [middle, some]
    else safe = middle
  }
  return count > crossingMax ? null : fallen(next, feed, reading, over)
}

function newcomers(mirror: Mirror, spec: SceneSpec, isKnown: (position: string) => boolean): number {
  let count = 0
  for (const { key } of mirror.modules.strategies)
    for (const positions of mirror.candidates(key, mirror.sceneOf(key, spec)).values())
      for (const { id } of positions) if (!isKnown(id)) count += 1
  return count
}

function fallen(next: Block, id: FeedId, { value, updatedAt }: NonNullable<Reading>, ppm: number): SceneSpec {
  const reading = { value: (value * BigInt(1_000_000 - ppm)) / 1_000_000n, updatedAt }
  return {
    ...plainly(next, 'shock'),
    cause: id,
    patches: [{ owner: feedOwner, patch: { op: 'put-feed', id, reading } }],
  }
}
