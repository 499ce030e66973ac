import type { Hex } from '#core/address.ts'
import type { Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { Head } from '../scene/next-block.ts'
import { isOfNode } from './faults.ts'
import type { Mirror } from './mirror.ts'
import { replacing } from './replacing.ts'

/** Reads strategies that could not be followed from the chain again, beside everything else. */
export interface ReadAnew {
  /** Begins what is due. `done`: one is whole again. */
  readonly go: (head: Head, done: () => void) => void
  readonly settled: () => Promise<void>
}

/** Blocks from one reading to the next where it breaks again; doubled each time. */
const mostBlocks = 256

export function createReadAnew(mirror: Mirror, readAll: (hash: Hex) => View): ReadAnew {
  const running = new Map<string, Promise<void>>()
  const waits = new Map<string, { readonly due: number; readonly blocks: number }>()

  const read = async (key: string, { hash, block }: Head): Promise<boolean> => {
    const module = mirror.modules.strategies.find((one) => one.key === key)?.module
    if (module === undefined) return false
    const patches: Patch[] = []
    for await (const page of module.bootstrap(readAll(hash))) patches.push(...page)
    // The blocks since must follow it: their logs are at hand.
    if (!mirror.books.hashes().includes(hash)) return false
    mirror.books.apply(key, replacing(mirror.books.shelf(key), patches))
    const missed = mirror.faults.mend(key, mirror.books.tip())
    mirror.foldInto(
      { key, name: key, module },
      missed.filter((log) => log.block.number > block.number),
    )
    return true
  }

  return {
    go: (head, done) => {
      for (const key of mirror.faults.broken()) {
        const { due, blocks } = waits.get(key) ?? { due: 0, blocks: 1 }
        if (running.has(key) || head.block.number < due) continue
        waits.set(key, { due: head.block.number + blocks, blocks: Math.min(mostBlocks, blocks * 2) })
        const work = read(key, head)
          .then((isWhole) => {
            if (isWhole) done()
          })
          .catch((error: unknown) => {
            if (!isOfNode(error)) mirror.faults.tell(key, error)
          })
          .finally(() => running.delete(key))
        running.set(key, work)
      }
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}
