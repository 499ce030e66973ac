import type { Block } from '#core/block.ts'
import type { PositionId } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { Plan } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import { plainly } from '../scene/scene.ts'
import type { Decision, Hold } from './decide.ts'
import type { Mirror } from './mirror.ts'
import { feedOwner } from './prices.ts'

/** Falls of a price tried, the smallest first, in millionths. */
const fallsPpm = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000]
/** More at once would take longer than there is time for beside the path; a finer fall is looked for instead. */
const crossingMax = 4
/** A fall that brings so many of a feed is far enough to look; no more of one feed, and of all feeds, are kept ready for. */
const [nearEnough, nearOfFeedMax, nearMax] = [4, 32, 192]

/** Below the line once a price has fallen so far, in millionths. */
type Near = { readonly id: PositionId; readonly fallPpm: number }
type Newcomers = (fallPpm: number) => readonly PositionId[]

export type Rehearsal = (
  next: Block,
  /** Below the line already, and judged. */
  known: ReadonlySet<string>,
  hold: Hold,
  judge: (spec: SceneSpec, hold: Hold) => Decision,
) => {
  readonly plans: readonly Plan[]
  /** Whom a fall of any price would bring below the line first, as of when that was last looked at, nearest first. */
  readonly near: readonly PositionId[]
}

/**
 * Judges the next block with one price fallen as little as brings somebody new below the line; another feed each time.
 * Done beside the path after every head, it walks the whole of it, so that no part runs cold, and says whose plans to
 * have ready, and for whom a nonce must stand reserved: it is too late for that when the price has fallen.
 */
export function createRehearsal(mirror: Mirror): Rehearsal {
  const near = new Map<FeedId, readonly Near[]>()
  let turn = 0
  return (next, known, hold, judge) => {
    const feeds = mirror.allFeeds()
    const { id } = feeds[turn++ % feeds.length] ?? {}
    const reading = id === undefined ? null : mirror.feeds().at(next)(id)
    let plans: readonly Plan[] = []
    if (id !== undefined && reading !== null) {
      const newcomers: Newcomers = (ppm) =>
        newcomersIn(mirror, fallen(next, id, reading, ppm)).filter((position) => !known.has(position))
      const found = nearestOf(newcomers)
      near.set(id, found)
      const fall = smallestFall(newcomers, found[0]?.fallPpm)
      const held: Hold = (key, position, market) =>
        known.has(position) ? { reason: 'in-flight', detail: 'judged already' } : hold(key, position, market)
      if (fall !== null) plans = judge(fallen(next, id, reading, fall), held).plans
    }
    const nearest = [...near.values()].flat().sort((a, b) => a.fallPpm - b.fallPpm)
    return { plans, near: [...new Set(nearest.map((one) => one.id))].slice(0, nearMax) }
  }
}

function nearestOf(newcomers: Newcomers): readonly Near[] {
  const found = new Map<PositionId, Near>()
  for (const fallPpm of fallsPpm) {
    for (const id of newcomers(fallPpm)) if (!found.has(id)) found.set(id, { id, fallPpm })
    if (found.size >= nearEnough) break
  }
  return [...found.values()].slice(0, nearOfFeedMax)
}

/** The finest that brings somebody, and not too many at once; from the first coarse one that does. */
function smallestFall(newcomers: Newcomers, first: number | undefined): number | null {
  if (first === undefined) return null
  let [over, safe] = [first, fallsPpm[fallsPpm.indexOf(first) - 1] ?? 0]
  let count = newcomers(over).length
  while (over - safe > 1 && count > crossingMax) {
    const middle = (over + safe) >> 1
    const some = newcomers(middle).length
    if (some > 0) [over, count] = [middle, some]
    else safe = middle
  }
  return count > crossingMax ? null : over
}

const newcomersIn = (mirror: Mirror, spec: SceneSpec): readonly PositionId[] =>
  mirror.modules.strategies.flatMap(({ key }) =>
    [...mirror.candidates(key, mirror.sceneOf(key, spec)).values()].flatMap((positions) =>
      positions.map(({ id }) => id),
    ),
  )

function fallen(next: Block, id: FeedId, { value, updatedAt }: NonNullable<Reading>, ppm: number): SceneSpec {
  const reading = { value: (value * BigInt(1_000_000 - ppm)) / 1_000_000n, updatedAt }
  return {
    ...plainly(next, 'shock'),
    cause: id,
    patches: [{ owner: feedOwner, patch: { op: 'put-feed', id, reading } }],
  }
}
