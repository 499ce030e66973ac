import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KeeperError } from '#core/error.ts'
import type { Observe } from './observe.ts'

export type ObserveServer = { readonly port: number; readonly stop: () => Promise<void> }

/**
 * `/metrics`, `/healthz` (503 with the reasons when blind), `/readyz` (the same, and while stopping).
 * @throws `bad-config` where host or port cannot be had.
 */
export async function startServer(observe: Observe, host: string, port: number): Promise<ObserveServer> {
  const server = createServer((request, response) => void answer(observe, request, response))
  server.requestTimeout = 5_000
  server.headersTimeout = 5_000
  await listen(server, host, port)
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeIdleConnections()
        setTimeout(() => server.closeAllConnections(), 1_000).unref()
      }),
  }
}

async function answer(observe: Observe, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0]
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return end(request, response, 405, { error: `${request.method} is not answered: use GET` })
  if (path === '/metrics') {
    const text = await observe.metricsText()
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(request.method === 'HEAD' ? undefined : text)
    return
  }
  const { blind, unready } = observe.health()
  if (path === '/healthz') return end(request, response, blind.length === 0 ? 200 : 503, status(blind))
  if (path === '/readyz') return end(request, response, unready.length === 0 ? 200 : 503, status(unready))
  end(request, response, 404, { error: 'there is nothing here: ask /metrics, /healthz or /readyz' })
}

const status = (reasons: readonly string[]): object => ({ status: reasons.length === 0 ? 'ok' : 'failing', reasons })

function end(request: IncomingMessage, response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json', ...(code === 405 ? { allow: 'GET, HEAD' } : {}) })
  response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`)
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((done, failed) => {
    server.once('error', (cause) => {
      const words = (cause as NodeJS.ErrnoException).code ?? cause.message
      const message = `http://${host}:${port} cannot be opened (${words}): write another http.host or http.port`
      failed(new KeeperError('bad-config', message, { cause }))
    })
    server.listen(port, host, done)
  })
