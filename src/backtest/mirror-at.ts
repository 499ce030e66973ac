import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Head } from '../scene/next-block.ts'
import { historyKeeper, type Setup } from './history-keeper.ts'
import type { Range } from './history-world.ts'
import { liquidationsOf } from './liquidations-of.ts'
import { memoryStore } from './memory-store.ts'

export type MirrorAtParts = {
  readonly rpc: Rpc
  /** The chunk that holds the block: its first begins with a book read anew, as when it was recorded. */
  readonly chunk: Range
  /** The block before the chunk's first, or one of the chunk's. */
  readonly block: number
  readonly setup: Setup
  readonly onBlock?: (block: number) => void
}

/**
 * The chain as a keeper holds it behind a block, out of what a backtest of its chunk asks: a recording has no more.
 * @throws `not-recorded`, and what the node answers with.
 */
export async function mirrorAt(parts: MirrorAtParts): Promise<{ readonly mirror: Mirror; readonly head: Head }> {
  const { rpc, chunk, block, setup, onBlock } = parts
  let fault: Error | null = null
  const keeper = await historyKeeper({
    ...{ rpc, range: chunk, until: block, setup, store: memoryStore((stream) => stream === 'quarantine') },
    also: liquidationsOf,
    before: async (coming) => onBlock?.(coming.block.number),
    events: {
      fault: (error) => {
        fault ??= error
      },
    },
  })
  await keeper.start()
  await keeper.run()
  if (fault !== null) throw fault
  const head = keeper.head()
  if (head === null) throw new KeeperError('not-found', `the book could not be read behind block ${block}`)
  return { mirror: keeper.mirror(), head }
}
