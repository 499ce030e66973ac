import type { Server } from 'node:http'

/** Serves on a free port of this machine; `stop` also ends connections that are kept alive. */
export async function listen(server: Server): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  const port = at !== null && typeof at === 'object' ? at.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
