import type { LogFilter } from '#core/block.ts'
import { type PushedLog, readLog } from './byte-log.ts'
import type { JsonCursor } from './json-cursor.ts'
import type { SocketRpc, Subscription } from './socket-rpc.ts'
import { filterOf, type RawBlock } from './view.ts'

export type Told = { readonly head: (raw: RawBlock) => void; readonly log: (log: PushedLog) => void }

/** What the node is asked to push: heads, and the logs of filters that grow. */
export interface Subscriptions {
  /** On a new connection. @throws as `subscribe`; `rpc-refused` where the node has none. */
  readonly begin: (filters: readonly LogFilter[]) => Promise<void>
  /** The new ones first, then the old ones end: nothing is missed between, and what comes twice is one log. */
  readonly renew: (filters: readonly LogFilter[]) => Promise<void>
  readonly stop: () => void
}

export function createSubscriptions(rpc: SocketRpc, told: Told): Subscriptions {
  let heads: Subscription | null = null
  let logs: readonly Subscription[] = []
  let last: Promise<unknown> = Promise.resolve()
  const toLogs = (filters: readonly LogFilter[]): Promise<readonly Subscription[]> =>
    Promise.all(filters.map((filter) => rpc.subscribe(['logs', filterOf(filter)], { read: readLog, take: told.log })))
  return {
    begin: async (filters) => {
      heads = await rpc.subscribe(['newHeads'], { read: readHead, take: told.head })
      logs = await toLogs(filters)
    },
    renew: (filters) => {
      const renewed = last.then(async () => {
        const old = logs
        logs = await toLogs(filters)
        for (const one of old) one.cancel()
      })
      last = renewed.catch(() => undefined)
      return renewed
    },
    stop: () => {
      heads?.cancel()
      for (const one of logs) one.cancel()
    },
  }
}

/** One a block: its parts are wanted, and `JSON.parse` makes them. */
function readHead(cursor: JsonCursor): RawBlock {
  const from = cursor.at
  cursor.skip()
  return JSON.parse(cursor.bytes.toString('utf8', from, cursor.at)) as RawBlock
}
