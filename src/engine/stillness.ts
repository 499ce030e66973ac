import type { Block } from '#core/block.ts'
import type { SceneSpec } from '#core/scene.ts'
import { plainly } from '../scene/scene.ts'
import type { Mirror } from './mirror.ts'

/**
 * Until when nobody can come below the line while nothing changes but the time. Most blocks change nothing: whoever is
 * above the line now and at a later second is above it at every second between, since what is left above it is concave
 * in time (collateral earns simple interest, debt compounds). So one look ahead stands for all blocks until then.
 */
export interface Stillness {
  /** The scene's block is one in which nobody is below the line. */
  readonly covers: (spec: SceneSpec) => boolean
  /** Told of a block in which nobody was found: looks ahead from it, unless that was done lately. */
  readonly begin: (spec: SceneSpec) => void
}

/** Further ahead more are met. */
export const stillSecondsUsual = 600
/** Where somebody is near enough to be met on the way, it is tried again so many seconds later. */
const again = 120

/** `seconds`: how far ahead is looked; 0: never. */
export function createStillness(
  mirror: Pick<Mirror, 'books' | 'modules' | 'feeds' | 'allFeeds' | 'sceneOf' | 'candidates'>,
  seconds: number,
): Stillness {
  let seen = { revision: -1, from: 0, until: 0 }
  const isEmptyAt = (block: Block, second: number): boolean =>
    mirror.modules.strategies.every(({ key }) => {
      const scene = mirror.sceneOf(key, plainly(block, 'shock'))
      return mirror.candidates(key, { ...scene, block: { ...block, timestamp: second } }).size === 0
    })
  /** A rate that rises by less than its unit a second has no next second of its own, and moves all the same. */
  const isMoved = (block: Block, second: number): boolean => {
    const ids = mirror.allFeeds().map(({ id }) => id)
    return mirror.feeds().movedByTime(block, { ...block, timestamp: second }, ids) !== null
  }
  return {
    covers: ({ block: { timestamp }, patches }) =>
      patches.length === 0 &&
      timestamp >= seen.from &&
      timestamp <= seen.until &&
      seen.revision === mirror.books.revision(),
    begin: ({ block, patches, trigger }) => {
      const revision = mirror.books.revision()
      const { timestamp } = block
      if (seconds === 0 || patches.length > 0 || trigger !== 'head') return
      if (seen.revision === revision && timestamp >= seen.from && timestamp < seen.from + again) return
      // What time alone does to prices is no line's own interest.
      const change = Math.min(
        ...mirror
          .feeds()
          .changes(block)
          .map(({ atSecond }) => atSecond - 1),
      )
      const until = Math.min(timestamp + seconds, change)
      const isStill = until > timestamp && !isMoved(block, until) && isEmptyAt(block, until)
      seen = { revision, from: timestamp, until: isStill ? until : 0 }
    },
  }
}
