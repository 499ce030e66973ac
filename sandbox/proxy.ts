import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from './listen.ts'
import { fits, type Part, type ProxyFault, partsOf } from './proxy-fault.ts'
import { serveSockets } from './proxy-sockets.ts'

export type CountingProxy = {
  readonly url: string
  /** The same over a WebSocket. */
  readonly wsUrl: string
  /** Requests by JSON-RPC method since the start; each part of a batch counts. */
  readonly counts: () => Readonly<Record<string, number>>
  readonly faults: ProxyFault[]
  /** Milliseconds that every answer is held back. */
  readonly setDelay: (ms: number) => void
  /** Over all sockets, both ways, since the start. */
  readonly bytes: () => number
  /** Open sockets hear nothing more, though they stay open and answer pings; new ones hear all. */
  readonly silence: () => void
  readonly stop: () => Promise<void>
}

/** A counting JSON-RPC proxy. `gate` is awaited before a send is passed on, so that no block is built meanwhile. */
export async function startProxy(target: string, gate: () => Promise<void>): Promise<CountingProxy> {
  const counts: Record<string, number> = {}
  const faults: ProxyFault[] = []
  let delay = 0
  /** Counts, waits as it must. @returns the fault that is to be. */
  const admit = async (parts: readonly Part[]): Promise<ProxyFault | undefined> => {
    for (const { method = '' } of parts) counts[method] = (counts[method] ?? 0) + 1
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
    const fault = faults.find((one) => one.times > 0 && fits(one, parts))
    if (fault !== undefined) fault.times -= 1
    else if (parts.some(({ method = '' }) => method.startsWith('eth_send'))) await gate()
    return fault
  }
  const server = createServer((request, response) => {
    void pass(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(502)
      response.end(error.message)
    })
  })
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    const fault = await admit(partsOf(body))
    if (fault !== undefined) return applyFault(fault, request, response)
    const ask = (): Promise<Response> =>
      fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    // An idle connection that anvil has just closed is no fault of the node's: asked once more, on a new one.
    const answer = await ask().catch(ask)
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }
  const sockets = serveSockets(server, target, admit)
  const { url, stop } = await listen(server)
  return {
    url,
    wsUrl: url.replace(/^http/, 'ws'),
    counts: () => ({ ...counts }),
    faults,
    setDelay: (ms) => {
      delay = ms
    },
    bytes: sockets.bytes,
    silence: sockets.silence,
    stop: async () => {
      sockets.stop()
      await stop()
    },
  }
}

function applyFault(fault: ProxyFault, request: IncomingMessage, response: ServerResponse): void {
  const json = { 'content-type': 'application/json' }
  const error = (code: number, message: string): string =>
    JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } })
  if (fault.kind === 'too-many') response.writeHead(429, json).end(error(429, 'too many requests'))
  else if (fault.kind === 'server-error') response.writeHead(503).end('service unavailable')
  else if (fault.kind === 'not-json') response.writeHead(200).end('<html>sorry</html>')
  else if (fault.kind === 'drop') request.socket.destroy()
  // 'hang': nothing is answered; the caller's own time limit ends it.
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
