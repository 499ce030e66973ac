import type { Server } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { type Part, type ProxyFault, partsOf } from './proxy-fault.ts'

type Pair = { readonly near: WebSocket; readonly far: WebSocket; isSilent: boolean }

/** Passes WebSockets on to the node, each over a connection of its own. */
export function serveSockets(
  server: Server,
  target: string,
  admit: (parts: readonly Part[]) => Promise<ProxyFault | undefined>,
): { readonly silence: () => void; readonly bytes: () => number; readonly stop: () => void } {
  const pairs = new Set<Pair>()
  let bytes = 0
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (near) => {
    const far = new WebSocket(target.replace(/^http/, 'ws'), { perMessageDeflate: false })
    const pair: Pair = { near, far, isSilent: false }
    pairs.add(pair)
    const opened = new Promise<void>((resolve) => far.once('open', () => resolve()))
    const end = (): void => {
      pairs.delete(pair)
      near.terminate()
      far.terminate()
    }
    for (const one of [near, far]) one.on('close', end).on('error', end)
    far.on('message', (data) => {
      if (pair.isSilent) return
      bytes += (data as Buffer).length
      near.send(String(data))
    })
    near.on('message', async (data) => {
      const body = String(data)
      bytes += body.length
      const parts = partsOf(body)
      const fault = await admit(parts)
      await opened
      if (fault === undefined) far.send(body)
      else applyFault(fault, parts, near)
    })
  })
  return {
    bytes: () => bytes,
    silence: () => {
      for (const pair of pairs) pair.isSilent = true
    },
    stop: () => {
      for (const { near } of pairs) near.terminate()
      sockets.close()
    },
  }
}

function applyFault(fault: ProxyFault, parts: readonly Part[], near: WebSocket): void {
  const error = { code: fault.kind === 'too-many' ? 429 : -32603, message: fault.kind }
  if (fault.kind === 'drop') near.terminate()
  else if (fault.kind === 'not-json') near.send('<html>sorry</html>')
  else if (fault.kind !== 'hang')
    for (const { id } of parts) near.send(JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error }))
}
