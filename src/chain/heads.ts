import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from '#core/address.ts'
import type { Block, Log, LogFilter } from '#core/block.ts'
import { isKeeperError, type KeeperError } from '#core/error.ts'
import { blockLogs } from './block-logs.ts'
import { mergeFilters } from './merge-filters.ts'
import { blockIn, pathTo } from './path-to.ts'
import type { Rpc } from './rpc.ts'
import { blockOf, type RawBlock } from './view.ts'

export type HeadEvent = {
  readonly hash: Hex
  readonly block: Block
  readonly gasUsed: bigint
  readonly gasLimit: bigint
  readonly logs: readonly Log[]
}

export type HeadOptions = {
  readonly rpc: Rpc
  /** Asked anew for every block: what is watched grows. Logs that match are given, and others beside them may be. */
  readonly filters: () => readonly LogFilter[]
  /** The block the book stands at; heads follow from there. */
  readonly from: { readonly hash: Hex; readonly number: number }
  readonly pollMs: number
  /** How far back a reorg may reach. */
  readonly depth: number
  readonly signal: AbortSignal
  /** A fault that passes; the node is asked again. */
  readonly onFault: (error: KeeperError) => void
  /** Told before each head how many newer ones are known already. */
  readonly onAhead?: (count: number) => void
}

/**
 * Every block from `from` on, in order, with the logs that match. After a reorg the new branch's blocks are given from
 * the fork on: their first one's parent is then not the block given last. Nothing is skipped: a gap is healed block by
 * block, and an outage only makes heads late. Where the chain forks below all that was given, only its newest block is
 * given: the reader does not know its parent either, and has to read everything anew.
 */
export async function* followHeads(options: HeadOptions): AsyncGenerator<HeadEvent, void, undefined> {
  const { rpc, pollMs, depth, signal, onFault } = options
  let given: { readonly hash: Hex; readonly number: number }[] = [options.from]
  let waitMs = pollMs
  while (!signal.aborted) {
    try {
      const latest = blockIn(await rpc.request('eth_getBlockByNumber', ['latest', false]), 'the newest block')
      const path = await pathTo(rpc, latest, given)
      for (const [at, raw] of path.entries()) {
        const logs = await blockLogs(rpc, raw.hash as Hex, blockOf(raw), mergeFilters(options.filters()))
        const head = headOf(raw, logs)
        given = [
          ...given.filter((one) => one.number < head.block.number),
          { hash: head.hash, number: head.block.number },
        ].slice(-depth - 1)
        options.onAhead?.(path.length - 1 - at)
        yield head
        if (signal.aborted) return
      }
      waitMs = pollMs
    } catch (error) {
      if (!passes(error)) throw error
      onFault(error)
      waitMs = Math.min(waitMs * 2, 5_000)
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

export const headOf = (raw: RawBlock, logs: readonly Log[]): HeadEvent => ({
  hash: raw.hash as Hex,
  block: blockOf(raw),
  gasUsed: BigInt(raw.gasUsed),
  gasLimit: BigInt(raw.gasLimit),
  logs,
})

/** What a node refuses, it may answer in a second, or another behind its address may: who is blind says so, and lives. */
export const passes = (error: unknown): error is KeeperError =>
  isKeeperError(error) && (error.retryable || error.code === 'rpc-refused')
