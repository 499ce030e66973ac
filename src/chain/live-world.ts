import { randomBytes } from 'node:crypto'
import { hrtime } from 'node:process'
import type { Hex } from '#core/address.ts'
import type { Block, LogFilter } from '#core/block.ts'
import { isKeeperError, KeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import type { Store, View, World } from '#core/world.ts'
import { followHeads } from './heads.ts'
import { createInputQueue } from './input-queue.ts'
import { patient } from './patient.ts'
import type { Rpc } from './rpc.ts'
import { blockOf, type RawBlock, viewOf } from './view.ts'

export type LiveHead = {
  readonly hash: Hex
  readonly block: Block
  readonly gasUsed: bigint
  readonly gasLimit: bigint
}

/** The World a keeper lives in: a node, wall clock, real sending, the journal. */
export interface LiveWorld {
  readonly world: World
  readonly latest: () => Promise<LiveHead>
  /** As `world.at`, for the many reads of a start: a busy node is asked again. */
  readonly readAll: (hash: Hex) => View
  /** Heads become inputs from here on; called again, it begins anew from there. */
  readonly follow: (from: LiveHead, filters: () => readonly LogFilter[]) => void
  readonly command: (body: Rec) => void
  /** A transaction that is not mined yet, as its signed bytes. */
  readonly pending: (raw: Hex) => void
  /** What an order-flow auction lets be known. */
  readonly hint: (source: string, body: Rec) => void
  readonly isBehind: () => boolean
  /** Ends the inputs: the keeper finishes what it has begun. */
  readonly close: () => void
}

export type LiveWorldOptions = {
  readonly rpc: Rpc
  readonly store: Store
  readonly send: World['send']
  readonly pollMs: number
  readonly depth: number
  /** The chain has Multicall3. */
  readonly isAggregated: boolean
  readonly onFault: (error: KeeperError) => void
}

export function liveWorld(options: LiveWorldOptions): LiveWorld {
  const { rpc, store, send, pollMs, depth, onFault } = options
  const queue = createInputQueue(Date.now, hrtime.bigint)
  const blocks = new Map<Hex, Block>()
  let stop = new AbortController()
  const know = (hash: Hex, block: Block): void => {
    blocks.set(hash, block)
    for (const old of blocks.keys()) if (blocks.size > depth * 2) blocks.delete(old)
  }
  const unhurried = patient(rpc, onFault)
  const knownBlock = (hash: Hex): Block => {
    const block = blocks.get(hash)
    if (block === undefined) throw new KeeperError('not-found', `block ${hash} was not seen lately`)
    return block
  }
  // After an outage blocks are made up for one by one: only the newest is worth a decision.
  let ahead = 0
  const follow = async (from: LiveHead, filters: () => readonly LogFilter[], signal: AbortSignal): Promise<void> => {
    const start = { hash: from.hash, number: from.block.number }
    const onAhead = (count: number): void => {
      if (!signal.aborted) ahead = count
    }
    for await (const head of followHeads({ rpc, filters, from: start, pollMs, depth, signal, onFault, onAhead })) {
      // Another one follows by now, from a newer block: what this one still found is not its continuation.
      if (signal.aborted) return
      know(head.hash, head.block)
      queue.push({ kind: 'head', ...head })
    }
  }
  return {
    world: {
      inputs: queue.inputs,
      at: (hash) => viewOf(rpc, hash, knownBlock(hash), options.isAggregated),
      clock: {
        wake: (name, { atMs }) => {
          setTimeout(() => queue.push({ kind: 'timer', name }), Math.max(0, atMs - Date.now())).unref()
        },
        monotonicNs: () => hrtime.bigint(),
      },
      send,
      store,
      random: (bytes) => randomBytes(bytes),
    },
    readAll: (hash) => viewOf(unhurried, hash, knownBlock(hash), options.isAggregated),
    latest: async () => {
      const raw = (await unhurried.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
      const head = {
        hash: raw.hash as Hex,
        block: blockOf(raw),
        gasUsed: BigInt(raw.gasUsed),
        gasLimit: BigInt(raw.gasLimit),
      }
      know(head.hash, head.block)
      return head
    },
    follow: (from, filters) => {
      stop.abort()
      queue.drop('head')
      ahead = 0
      stop = new AbortController()
      follow(from, filters, stop.signal).catch((error: unknown) => {
        if (isKeeperError(error)) onFault(error)
        queue.fail(error)
      })
    },
    command: (body) => queue.push({ kind: 'command', body }),
    pending: (raw) => queue.push({ kind: 'pending', raw }),
    hint: (source, body) => queue.push({ kind: 'hint', source, body }),
    isBehind: () => queue.waiting() > 0 || ahead > 0,
    close: () => {
      stop.abort()
      queue.close()
    },
  }
}
