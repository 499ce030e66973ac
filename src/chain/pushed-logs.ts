import type { Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import type { PushedLog } from './byte-log.ts'

/** Blocks whose logs are kept until their head comes, or a late one of theirs. */
const blocksMax = 256

/** Logs as they are pushed, by block: before their head or after it, and more than once where subscriptions overlap. */
export interface PushedLogs {
  readonly add: (log: PushedLog) => void
  /** How many came for it. */
  readonly count: (hash: Hex) => number
  /** In their order. */
  readonly within: (hash: Hex, block: Block) => readonly Log[]
  /** Blocks that got logs since this was last asked. */
  readonly touched: () => readonly Hex[]
}

export function createPushedLogs(): PushedLogs {
  const byBlock = new Map<Hex, Map<number, PushedLog>>()
  const touched = new Set<Hex>()
  return {
    add: (log) => {
      // Parent hashes tell of a reorg, on every node; what some take back besides says nothing new.
      if (log.isRemoved) return
      const { blockHash } = log
      let logs = byBlock.get(blockHash)
      if (logs === undefined) {
        logs = new Map()
        byBlock.set(blockHash, logs)
        for (const old of byBlock.keys()) if (byBlock.size > blocksMax) byBlock.delete(old)
      }
      logs.set(log.logIndex, log)
      touched.add(blockHash)
    },
    count: (hash) => byBlock.get(hash)?.size ?? 0,
    within: (hash, block) =>
      [...(byBlock.get(hash)?.values() ?? [])].map((log) => log.within(block)).sort((a, b) => a.logIndex - b.logIndex),
    touched: () => {
      const all = [...touched]
      touched.clear()
      return all
    },
  }
}
