import type { Block } from '#core/block.ts'
import type { Plan } from '#core/plan.ts'
import type { SceneSource, Trigger } from '#core/scene.ts'
import type { Mirror } from './mirror.ts'
import { foretold, standingOf } from './standing-of.ts'
import { triggerOf } from './trigger-of.ts'

/** Keeps what is needed to name what made a plan possible: who was below the line, and what has changed since. */
export interface Triggers {
  /** Before the head's logs are folded. A head that is let pass unjudged counts with the next. */
  readonly onHead: () => void
  /** Who is below the line in the next block, by the words last said. */
  readonly onJudged: (positions: Iterable<string>) => void
  /** `head`: the newest block; `next`: the one the plan is for. */
  readonly of: (plan: Plan, head: Block, next: Block) => Trigger
}

/** For one mirror: a new one has judged nothing yet, and what is below at a start may have been for long. */
export function createTriggers(mirror: Mirror, sources: readonly SceneSource[]): Triggers {
  let below: ReadonlySet<string> = new Set()
  let belowBefore = below
  let isJudged = false
  let hasJudged = false
  return {
    onHead: () => {
      if (!isJudged) return
      mirror.beginChanges()
      belowBefore = below
      isJudged = false
      hasJudged = true
    },
    onJudged: (positions) => {
      below = new Set(positions)
      isJudged = true
    },
    of: (plan, head, next) => {
      const standing = standingOf(mirror, plan)
      return triggerOf(hasJudged ? mirror.changes() : null, {
        ...standing,
        wasBelow: standing.positions.every((position) => belowBefore.has(position)),
        timed: mirror.feeds().movedByTime(head, next, standing.feeds),
        foretold: foretold(sources, standing.positions, next),
      })
    },
  }
}
