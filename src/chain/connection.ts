import type { KeeperError } from '#core/error.ts'
import { ipcWire } from './ipc-wire.ts'
import { unreachable } from './rpc.ts'
import { webSocketWire } from './web-socket-wire.ts'
import type { OpenWire, Wire } from './wire.ts'

export type ConnectionWatcher = { readonly opened: () => void; readonly lost: (error: KeeperError) => void }
export interface Connection {
  /** @returns whether it is open, and the bytes went out. */
  readonly send: (text: string) => boolean
  /** Told of every opening and every loss; of the opening at once where it is open. */
  readonly watch: (watcher: ConnectionWatcher) => { readonly stop: () => void }
  /** Tears it down and opens another at once. */
  readonly reopen: (why: string) => void
  readonly close: () => void
}

const firstWaitMs = 100
const longestWaitMs = 5_000

/** A connection that is opened anew whenever it breaks, after longer and longer waits while nobody answers. */
export function keepOpen(url: string, hear: (bytes: Buffer) => void): Connection {
  const openWire = wireTo(url)
  const watchers = new Set<ConnectionWatcher>()
  let wire: Wire | null = null
  let isOpen = false
  let isClosed = false
  let waitMs = firstWaitMs
  let retry: NodeJS.Timeout | undefined

  const connect = (): void => {
    // What an abandoned one still says is not heard.
    const own: Wire = openWire({
      opened: () => {
        if (wire !== own) return
        isOpen = true
        waitMs = firstWaitMs
        for (const watcher of [...watchers]) watcher.opened()
      },
      message: (bytes) => {
        if (wire === own) hear(bytes)
      },
      closed: (why) => {
        if (wire === own) lose(why, waitMs)
      },
    })
    wire = own
  }
  const lose = (why: string, inMs: number): void => {
    const old = wire
    wire = null
    isOpen = false
    old?.close()
    waitMs = Math.min(waitMs * 2, longestWaitMs)
    for (const watcher of [...watchers]) watcher.lost(unreachable(url, why))
    clearTimeout(retry)
    if (!isClosed) retry = setTimeout(connect, inMs).unref()
  }
  connect()
  return {
    send: (text) => {
      if (isOpen) wire?.send(text)
      return isOpen
    },
    watch: (watcher) => {
      watchers.add(watcher)
      if (isOpen) watcher.opened()
      return { stop: () => void watchers.delete(watcher) }
    },
    reopen: (why) => lose(why, 0),
    close: () => {
      isClosed = true
      lose('it was closed here', 0)
    },
  }
}

/** `ws://` and `wss://` by their name; `ipc:` and whatever else is a path. */
function wireTo(url: string): OpenWire {
  if (/^wss?:/i.test(url)) return webSocketWire(url)
  return ipcWire(url.replace(/^ipc:(\/\/(?=\/))?/i, ''))
}
