import { type WebSocket, WebSocketServer } from 'ws'

type Asked = { readonly id: number; readonly method: string; readonly params: readonly unknown[] }
/** A node over a WebSocket that says what a test wants it to. */
export type ScriptedNode = {
  readonly url: string
  /** Every request it was ever asked, in order. */
  readonly asked: Asked[]
  /** To every connection, as one chunk of the stream. */
  readonly say: (...messages: readonly (object | string)[]) => void
  /** Connections so far. */
  readonly connections: () => number
  readonly drop: () => void
  /** A method is answered no more, until `unmute`: then all at once. */
  readonly mute: (method: string) => void
  readonly unmute: () => void
  readonly stop: () => Promise<void>
}

/** `answer`: the result, or an `Error` to refuse with; `undefined`: no answer at all. Subscriptions are named after their method's first parameter. */
export async function scriptedNode(answer: (asked: Asked) => unknown): Promise<ScriptedNode> {
  const asked: Asked[] = []
  let connections = 0
  let muted = ''
  let held: (() => void)[] = []
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await new Promise((resolve) => server.once('listening', resolve))
  const answered = (one: Asked): object | null => {
    asked.push(one)
    const result = answer(one)
    if (result === undefined) return null
    if (!(result instanceof Error)) return { jsonrpc: '2.0', id: one.id, result }
    return { jsonrpc: '2.0', id: one.id, error: { code: -32601, message: result.message } }
  }
  server.on('connection', (socket: WebSocket) => {
    connections += 1
    socket.on('message', (data) => {
      const body = JSON.parse(String(data)) as Asked | readonly Asked[]
      const said = Array.isArray(body) ? (body as readonly Asked[]).map(answered) : answered(body as Asked)
      const send = (): void => {
        if (said !== null) socket.send(JSON.stringify(said))
      }
      if (muted !== '' && String(data).includes(muted)) held.push(send)
      else send()
    })
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`,
    asked,
    say: (...messages) => {
      for (const socket of server.clients) {
        const { _socket: stream } = socket as unknown as { _socket: { cork: () => void; uncork: () => void } }
        stream.cork()
        for (const one of messages) socket.send(typeof one === 'string' ? one : JSON.stringify(one))
        stream.uncork()
      }
    },
    connections: () => connections,
    drop: () => {
      for (const socket of server.clients) socket.terminate()
    },
    mute: (method) => {
      muted = method
    },
    unmute: () => {
      muted = ''
      for (const send of held) send()
      held = []
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of server.clients) socket.terminate()
        server.close(() => resolve())
      }),
  }
}

export const notice = (subscription: string, result: unknown): object => ({
  jsonrpc: '2.0',
  method: 'eth_subscription',
  params: { subscription, result },
})
