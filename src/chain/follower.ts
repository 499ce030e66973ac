import type { Hex } from '#core/address.ts'
import type { Block, LogFilter } from '#core/block.ts'
import { isKeeperError, type KeeperError } from '#core/error.ts'
import { followHeads } from './heads.ts'
import type { InputQueue } from './input-queue.ts'
import { isSocket } from './open-rpc.ts'
import type { Rpc } from './rpc.ts'
import { SubscribedHeads } from './subscribed-heads.ts'

export type FollowerOptions = {
  readonly rpc: Rpc
  readonly queue: InputQueue
  readonly pollMs: number
  /** Without a block for so long a socket is held to be dead. */
  readonly silentMs: number
  readonly depth: number
  readonly onFault: (error: KeeperError) => void
  /** Told of every block before it becomes an input. */
  readonly know: (hash: Hex, block: Block) => void
}
export type Start = { readonly hash: Hex; readonly number: number }

/** Makes heads inputs: as the node tells them, or by looks where it does not. */
export interface Follower {
  /** Called again, it begins anew from there. */
  readonly follow: (from: Start, filters: () => readonly LogFilter[]) => void
  /** Heads known to be newer than the one given last: after an outage only the newest is worth a decision. */
  readonly ahead: () => number
  readonly stop: () => void
}

export function createFollower(options: FollowerOptions): Follower {
  const { rpc, queue, pollMs, silentMs, depth, onFault, know } = options
  let stop = new AbortController()
  let ahead = 0
  const onBroken = (error: unknown): void => {
    if (isKeeperError(error)) onFault(error)
    queue.fail(error)
  }
  const poll = async (from: Start, filters: () => readonly LogFilter[], signal: AbortSignal): Promise<void> => {
    const onAhead = (count: number): void => {
      if (!signal.aborted) ahead = count
    }
    for await (const head of followHeads({ rpc, filters, from, pollMs, depth, signal, onFault, onAhead })) {
      // Another one follows by now, from a newer block: what this one still found is not its continuation.
      if (signal.aborted) return
      know(head.hash, head.block)
      queue.push({ kind: 'head', ...head })
    }
  }
  return {
    ahead: () => ahead,
    stop: () => stop.abort(),
    follow: (from, filters) => {
      stop.abort()
      queue.drop('head')
      ahead = 0
      stop = new AbortController()
      const { signal } = stop
      const polled = (): void => void poll(from, filters, signal).catch(onBroken)
      if (!isSocket(rpc)) return polled()
      const heads: SubscribedHeads = new SubscribedHeads({
        ...{ rpc, filters, from, depth, silentMs, onFault, onBroken },
        give: (head, taken) => {
          know(head.hash, head.block)
          queue.push({ kind: 'head', ...head }, taken)
        },
        onAhead: (count) => {
          ahead = count
        },
        onUnsupported: (error) => {
          onFault(error)
          heads.stop()
          polled()
        },
      })
      signal.addEventListener('abort', () => heads.stop())
    },
  }
}
