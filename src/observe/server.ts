import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Observe } from './observe.ts'
import { type OpenServer, openServer } from './open-server.ts'

/**
 * `/metrics`, `/healthz` (503 with the reasons when blind), `/readyz` (the same, and while stopping). `also` is asked
 * first, and answers true what it takes upon itself.
 * @throws `bad-config` where host or port cannot be had.
 */
export const startServer = (
  observe: Observe,
  host: string,
  port: number,
  also: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<OpenServer> =>
  openServer(
    (request, response) => {
      if (!also(request, response)) void answer(observe, request, response)
    },
    { host, port, settings: 'http' },
  )

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
