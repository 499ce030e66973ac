import { keccak256 } from 'ethers'
import { type WebSocket, WebSocketServer } from 'ws'

/**
 * A mock node, run as a child process: a WebSocket that answers subscriptions itself, and everything else from what it
 * was told, from what it has asked the real node behind it before, or by asking it: so that a second answer costs no
 * time. It pushes what its parent hands it, and stamps the push and the arrival of a transaction on the monotonic clock,
 * which all processes of a machine share. Calls that arrive in between are counted by method.
 */
export type PushedHead = { readonly hash: string; readonly number: string; readonly [field: string]: unknown }
export type ToNode =
  | { readonly kind: 'begin'; readonly upstream: string; readonly answers: Readonly<Record<string, unknown>> }
  | { readonly kind: 'push'; readonly head: PushedHead; readonly logs: readonly unknown[] }
  | { readonly kind: 'feed'; readonly logs: readonly unknown[] }
export type FromNode =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'begun' }
  | {
      readonly kind: 'sent'
      readonly ns: string
      readonly counts: Readonly<Record<string, number>>
      readonly raw: string
    }

/** What an answer is looked up by: the method, and what it asks for; of a call its data alone, of gas nothing. */
export function askKey(method: string, params: readonly unknown[]): string {
  if (method === 'eth_estimateGas') return method
  const { data } = (params[0] ?? {}) as { readonly data?: string }
  return method === 'eth_call' && data !== undefined ? `${method} ${data}` : `${method} ${JSON.stringify(params)}`
}

type Ask = { readonly id: number; readonly method: string; readonly params: readonly unknown[] }
type Subscription = { readonly socket: WebSocket; readonly id: string; readonly kind: string }

/** What the mock knows: what it was told, what it asked, and what it made up. */
function createAnswers() {
  const answers = new Map<string, unknown>()
  const pushed = new Map<string, readonly unknown[]>()
  let newest: unknown = null
  let upstream = ''
  /** What concerns blocks and transactions that only the mock knows; `undefined`: nothing it knows. */
  const madeUp = ({ method, params }: Ask): unknown => {
    const { blockHash } = (params[0] ?? {}) as { readonly blockHash?: string }
    if (method === 'eth_getLogs' && blockHash !== undefined && pushed.has(blockHash)) return pushed.get(blockHash)
    if (method === 'eth_getBlockByNumber' && params[0] === 'latest' && newest !== null) return newest
    return method === 'eth_getTransactionReceipt' ? null : undefined
  }
  /** What is asked of a block that only the mock knows, the node behind it answers of its newest. */
  const known = (param: unknown): unknown =>
    pushed.has((param as { readonly blockHash?: string } | null)?.blockHash ?? '') ? 'latest' : param
  return {
    begin: (url: string, given: Readonly<Record<string, unknown>>): void => {
      upstream = url
      for (const [key, answer] of Object.entries(given)) answers.set(key, answer)
    },
    push: (head: PushedHead, logs: readonly unknown[]): void => {
      newest = head
      pushed.set(head.hash, logs)
    },
    of: async (ask: Ask): Promise<unknown> => {
      const { method, params } = ask
      const own = madeUp(ask)
      if (own !== undefined) return { result: own }
      const key = askKey(method, params)
      if (answers.has(key)) return answers.get(key)
      const response = await fetch(upstream, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: params.map(known) }),
      })
      const { result, error } = (await response.json()) as { readonly result?: unknown; readonly error?: unknown }
      const answer = error === undefined ? { result: result ?? null } : { error }
      answers.set(key, answer)
      return answer
    },
  }
}

function serve(): void {
  const subscriptions: Subscription[] = []
  const answers = createAnswers()
  let sent = 0
  let pushedNs = 0n
  let counts: Record<string, number> = {}
  const tell = (message: FromNode): void => void process.send?.(message)

  const notify = (kind: string, results: readonly unknown[]): void => {
    for (const { socket, id, kind: wanted } of subscriptions) {
      if (wanted !== kind) continue
      for (const result of results)
        socket.send(
          JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription: id, result } }),
        )
    }
  }
  const handle = async (socket: WebSocket, ask: Ask): Promise<unknown> => {
    counts[ask.method] = (counts[ask.method] ?? 0) + 1
    if (ask.method === 'eth_subscribe') {
      const id = `0x${(subscriptions.length + 1).toString(16)}`
      subscriptions.push({ socket, id, kind: String(ask.params[0]) })
      return { result: id }
    }
    if (ask.method === 'eth_unsubscribe') return { result: true }
    // What was sent counts as used: a lane is free again for the next shot.
    if (ask.method === 'eth_getTransactionCount') {
      const { result } = (await answers.of(ask)) as { readonly result: string }
      return { result: `0x${(Number(result) + sent).toString(16)}` }
    }
    if (ask.method !== 'eth_sendRawTransaction') return answers.of(ask)
    const ns = process.hrtime.bigint()
    sent += 1
    tell({ kind: 'sent', ns: String(ns - pushedNs), counts, raw: String(ask.params[0]) })
    return { result: keccak256(String(ask.params[0])) }
  }

  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  server.on('connection', (socket) => {
    socket.on('message', async (text) => {
      const message = JSON.parse(String(text)) as Ask | readonly Ask[]
      const part = async (ask: Ask): Promise<unknown> => ({
        jsonrpc: '2.0',
        id: ask.id,
        ...((await handle(socket, ask)) as object),
      })
      const answer = Array.isArray(message) ? await Promise.all(message.map(part)) : await part(message as Ask)
      socket.send(JSON.stringify(answer))
    })
    socket.on('close', () => {
      for (const one of subscriptions.filter((each) => each.socket === socket))
        subscriptions.splice(subscriptions.indexOf(one), 1)
    })
  })
  server.on('listening', () => {
    const at = server.address()
    tell({ kind: 'ready', url: `ws://127.0.0.1:${at !== null && typeof at === 'object' ? at.port : 0}` })
  })
  process.on('message', (message: ToNode) => {
    if (message.kind === 'feed') return notify('logs', message.logs)
    if (message.kind === 'begin') {
      answers.begin(message.upstream, message.answers)
      return tell({ kind: 'begun' })
    }
    counts = {}
    answers.push(message.head, message.logs)
    pushedNs = process.hrtime.bigint()
    notify('logs', message.logs)
    notify('newHeads', [message.head])
  })
  process.on('disconnect', () => process.exit(0))
}

if (process.send !== undefined && process.argv[1]?.endsWith('trigger-node.ts')) serve()
