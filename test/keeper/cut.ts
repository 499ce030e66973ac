import { connect, createServer, type Socket } from 'node:net'

/** Stands between a keeper and a server of this machine, and parts them. */
export type Cut = {
  readonly port: number
  /** `close`: connections break and are refused; `hang`: they stay, and nothing comes through. */
  readonly part: (how: 'close' | 'hang') => void
  readonly heal: () => void
  readonly stop: () => Promise<void>
}

export async function startCut(targetPort: number): Promise<Cut> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let how: 'open' | 'close' | 'hang' = 'open'
  const server = createServer((near) => {
    if (how === 'close') return void near.destroy()
    const far = connect(targetPort, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, to] of [pair, pair.toReversed() as [Socket, Socket]]) {
      from.setNoDelay(true)
      from.on('data', (part) => void to.write(part))
      from.on('error', () => undefined)
      from.on('close', () => {
        pairs.delete(pair)
        to.destroy()
      })
      if (how === 'hang') from.pause()
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    part: (kind) => {
      how = kind
      for (const pair of pairs) for (const socket of pair) kind === 'close' ? socket.destroy() : socket.pause()
    },
    heal: () => {
      how = 'open'
      for (const pair of pairs) for (const socket of pair) socket.resume()
    },
    stop: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
