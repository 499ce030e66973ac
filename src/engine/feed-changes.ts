import type { Block } from '#core/block.ts'
import { plainly } from '../scene/scene.ts'
import type { Mirror } from './mirror.ts'
import { type Announced, blockAt } from './upcoming.ts'

/** Feeds that time alone gives another value until the horizon, each with the scene of its second. */
export const feedChanges = (mirror: Mirror, next: Block, blockSeconds: number, horizon: number): readonly Announced[] =>
  mirror
    .feeds()
    .changes(next)
    .filter(({ atSecond }) => atSecond <= horizon)
    // A scene reads every feed as it is at its second.
    .map(({ feed, atSecond, why }) => ({
      at: atSecond,
      spec: plainly(blockAt(next, atSecond, blockSeconds), why),
      feed,
    }))
