import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KeeperError } from '#core/error.ts'

export type OpenServer = { readonly port: number; readonly stop: () => Promise<void> }
type Where = { readonly host: string; readonly port: number; readonly settings: string }

/** A small HTTP server. `settings`: under which name its address is written. @throws `bad-config` where it cannot be had. */
export async function openServer(listener: RequestListener, where: Where): Promise<OpenServer> {
  const server = createServer(listener)
  server.requestTimeout = 5_000
  server.headersTimeout = 5_000
  await listen(server, where)
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

const listen = (server: Server, { host, port, settings }: Where): Promise<void> =>
  new Promise((done, failed) => {
    server.once('error', (cause) => {
      const words = (cause as NodeJS.ErrnoException).code ?? cause.message
      const message = `http://${host}:${port} cannot be opened (${words}): write another ${settings}.host or ${settings}.port`
      failed(new KeeperError('bad-config', message, { cause }))
    })
    server.listen(port, host, done)
  })
