import type { Hex } from '#core/address.ts'
import type { KeeperError } from '#core/error.ts'
import { passes } from './heads.ts'
import type { JsonCursor } from './json-cursor.ts'
import { rawTransaction } from './raw-transaction.ts'
import type { SocketRpc, Subscription } from './socket-rpc.ts'

export type PendingOptions = {
  readonly rpc: SocketRpc
  /** A signed transaction as it would be sent. */
  readonly take: (raw: Hex) => void
  readonly onFault: (error: KeeperError) => void
}
/** As `eth_subscribe` gives it: the whole, or its hash. */
type Told = string | Readonly<Record<string, unknown>>

/** A mempool of a minute or two; what comes again after that is read again. */
const seenMax = 16_384

/**
 * Transactions on their way, each once: whole where the node gives them so, else its hash is asked for beside. What is
 * gone by then, or cannot be written as it was signed, is passed over. @returns what ends it.
 */
export function followPending({ rpc, take, onFault }: PendingOptions): () => void {
  const seen = new Set<string>()
  let subscription: Subscription | null = null
  let isStopped = false
  const isNew = (hash: string): boolean => {
    if (seen.has(hash)) return false
    seen.add(hash)
    for (const old of seen) if (seen.size > seenMax) seen.delete(old)
    return true
  }
  const fetch = async (hash: string): Promise<void> => {
    const raw = await rpc.request('eth_getRawTransactionByHash', [hash])
    if (!isStopped && typeof raw === 'string' && raw.length > 2) take(raw as Hex)
  }
  const hear = (told: Told): void => {
    const hash = typeof told === 'string' ? told : String(told.hash)
    if (isStopped || !isNew(hash)) return
    const raw = typeof told === 'string' ? null : rawOf(told)
    if (raw !== null) {
      take(raw)
      return
    }
    fetch(hash).catch((error: unknown) => {
      if (!passes(error)) throw error
    })
  }
  const open = async (): Promise<void> => {
    const taker = { read, take: hear }
    try {
      subscription = await rpc
        .subscribe(['newPendingTransactions', true], taker)
        .catch(() => rpc.subscribe(['newPendingTransactions'], taker))
    } catch (error) {
      if (!passes(error)) throw error
      if (!isStopped) onFault(error)
    }
  }
  const watcher = rpc.watch({ opened: () => void open(), lost: () => undefined })
  return () => {
    isStopped = true
    watcher.stop()
    subscription?.cancel()
  }
}

function read(cursor: JsonCursor): Told {
  const from = cursor.at
  cursor.skip()
  return JSON.parse(cursor.bytes.toString('utf8', from, cursor.at)) as Told
}

/** One with blobs cannot be put before another without them: it is somebody else's. */
const rawOf = (told: Readonly<Record<string, unknown>>): Hex | null =>
  Number(told.type ?? 0) === 3 ? null : rawTransaction(told)
