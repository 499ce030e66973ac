import { randomBytes } from 'node:crypto'
import { hrtime } from 'node:process'
import type { Hex } from '#core/address.ts'
import type { Block, LogFilter } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import type { Store, View, World } from '#core/world.ts'
import { createFollower, type FollowerOptions } from './follower.ts'
import { createInputQueue } from './input-queue.ts'
import { isSocket } from './open-rpc.ts'
import { patient } from './patient.ts'
import { followPending } from './pending.ts'
import { blockOf, quantity, type RawBlock, viewOf } from './view.ts'

export type LiveHead = {
  readonly hash: Hex
  readonly block: Block
  readonly gasUsed: bigint
  readonly gasLimit: bigint
}

/** Heads go on coming while a slow read at one of them is under way. */
const blocksLeast = 64

/** The World a keeper lives in: a node, wall clock, real sending, the journal. */
export interface LiveWorld {
  readonly world: World
  readonly latest: () => Promise<LiveHead>
  /** The hash of the chain's block of that number; `null` where it has none yet. */
  readonly hashAt: (number: number) => Promise<Hex | null>
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

export type LiveWorldOptions = Omit<FollowerOptions, 'queue' | 'know'> & {
  readonly store: Store
  readonly send: World['send']
  /** Transactions on their way become inputs too, where the node tells of them over a socket. */
  readonly hasPending: boolean
  /** The chain has Multicall3. */
  readonly isAggregated: boolean
}

export function liveWorld(options: LiveWorldOptions): LiveWorld {
  const { rpc, store, send, depth, onFault } = options
  const queue = createInputQueue(Date.now, hrtime.bigint)
  const blocks = new Map<Hex, Block>()
  const blocksMost = Math.max(blocksLeast, depth * 2)
  const know = (hash: Hex, block: Block): void => {
    blocks.set(hash, block)
    for (const old of blocks.keys()) if (blocks.size > blocksMost) blocks.delete(old)
  }
  const unhurried = patient(rpc, onFault)
  const knownBlock = (hash: Hex): Block => {
    const block = blocks.get(hash)
    if (block === undefined) throw new KeeperError('not-found', `block ${hash} was not seen lately`)
    return block
  }
  const follower = createFollower({ ...options, queue, know })
  const take = (raw: Hex): void => queue.push({ kind: 'pending', raw })
  const endPending = options.hasPending && isSocket(rpc) ? followPending({ rpc, take, onFault }) : () => undefined
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
    hashAt: async (number) => {
      const raw = (await unhurried.request('eth_getBlockByNumber', [quantity(number), false])) as RawBlock | null
      return raw === null ? null : (raw.hash as Hex)
    },
    follow: (from, filters) => follower.follow({ hash: from.hash, number: from.block.number }, filters),
    command: (body) => queue.push({ kind: 'command', body }),
    pending: (raw) => queue.push({ kind: 'pending', raw }),
    hint: (source, body) => queue.push({ kind: 'hint', source, body }),
    isBehind: () => queue.waiting() > 0 || follower.ahead() > 0,
    close: () => {
      follower.stop()
      endPending()
      queue.close()
    },
  }
}
