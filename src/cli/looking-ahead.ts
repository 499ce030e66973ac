import { comingSoon } from '../engine/coming-soon.ts'
import type { KeeperEvents } from '../engine/events.ts'
import type { Keeper } from '../engine/keeper.ts'
import type { Guards } from '../guards/guards.ts'
import type { Observe } from '../observe/observe.ts'
import { nextBlock } from '../scene/next-block.ts'

/** Blocks between two looks at what time alone will bring: each is a sweep of the screen. */
const sweptBlocks = 25

/** What each head brings beside the path: how full the limits are, and now and then what is coming. */
export function lookingAhead(parts: {
  readonly also: Partial<KeeperEvents>
  readonly keeper: () => Keeper
  readonly guards: Guards
  readonly observe: Observe
  readonly blockSeconds: number
}): Partial<KeeperEvents> {
  const { also, keeper, guards, observe, blockSeconds } = parts
  let heads = 0
  const look = (): void => {
    observe.guardUse(guards.used())
    const head = keeper().head()
    if (heads++ % sweptBlocks !== 0 || head === null) return
    try {
      observe.coming(comingSoon(keeper().mirror(), nextBlock(head, blockSeconds)))
    } catch (error) {
      // A strategy that fails is told of where it judges; a gauge is nothing to end for.
      observe.warning(`what is coming could not be counted: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return {
    ...also,
    head: (block, change) => {
      also.head?.(block, change)
      setImmediate(look)
    },
  }
}
