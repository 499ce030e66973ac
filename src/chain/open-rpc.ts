import type { KeeperError } from '#core/error.ts'
import { httpRpc, type Rpc } from './rpc.ts'
import { type SocketRpc, socketRpc } from './socket-rpc.ts'

/** The node of `chain.rpc`: over HTTP, or over a socket, which also tells by itself what is new. */
export const openRpc = (url: string, onUnread?: (error: KeeperError) => void): Rpc | SocketRpc =>
  /^https?:/i.test(url) ? httpRpc(url) : socketRpc(url, onUnread === undefined ? {} : { onUnread })

export const isSocket = (rpc: Rpc): rpc is SocketRpc => 'subscribe' in rpc
