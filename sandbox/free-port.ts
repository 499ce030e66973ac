import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { KeeperError } from '#core/error.ts'

/** Below the range from which systems give out ports by themselves: between asking and another's own listening nobody takes it. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = randomInt(12_000, 32_000)
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
  throw new KeeperError('not-found', 'no free port between 12000 and 32000: end what holds them')
}
