import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isKeeperError, KeeperError } from '#core/error.ts'
import { type Ask, RefusedError, type Rpc } from '../chain/rpc.ts'

export type Served = { readonly url: string; readonly stop: () => Promise<void> }
/** Told of every ask that is not recorded. */
export type OnUnheld = (what: string) => void

/** "Resource not found" of EIP-1474, and "internal error". */
const codes = { notRecorded: -32_001, failed: -32_603 } as const
const bodyMax = 64 * 2 ** 20

/**
 * Answers JSON-RPC over HTTP from any other kind of node: from a recording, so that anvil forks a recorded block with no
 * network; from a taped one, so that what the fork asks is recorded. `port` 0: a free one.
 * @throws `bad-argument`: the port is taken.
 */
export async function serveRpc(rpc: Rpc, port: number, onUnheld: OnUnheld): Promise<Served> {
  const server = createServer((request, response) => {
    answerTo(request, rpc, onUnheld).then(
      (text) => response.writeHead(200, { 'content-type': 'application/json' }).end(text),
      (error: unknown) => refuse(response, error),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new KeeperError('bad-argument', `port ${port} cannot be served on: give another --port`, { cause })),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  const at = server.address()
  return {
    url: `http://127.0.0.1:${at !== null && typeof at === 'object' ? at.port : port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answerTo(request: IncomingMessage, rpc: Rpc, onUnheld: OnUnheld): Promise<string> {
  const asked: unknown = JSON.parse(await bodyOf(request))
  if (!Array.isArray(asked)) {
    const { method, params } = askIn(asked)
    return told(asked, await rpc.request(method, params).catch((error: unknown) => error), onUnheld)
  }
  const answers = await rpc.batch(asked.map(askIn))
  return `[${asked.map((one, at) => told(one, answers[at], onUnheld)).join(',')}]`
}

function askIn(one: unknown): Ask {
  const { method, params = [] } = (one ?? {}) as { readonly method?: unknown; readonly params?: unknown }
  if (typeof method === 'string' && Array.isArray(params)) return { method, params }
  throw new KeeperError('bad-argument', 'a request has a method and a list of params')
}

function told(asked: unknown, answer: unknown, onUnheld: OnUnheld): string {
  const said = { jsonrpc: '2.0', id: (asked as { readonly id?: unknown }).id ?? null }
  if (!(answer instanceof Error)) return JSON.stringify({ ...said, result: answer ?? null })
  if (isKeeperError(answer, 'not-recorded')) {
    onUnheld(`${answer.message.split(' is not recorded')[0]}: ${JSON.stringify(askIn(asked)).slice(0, 200)}`)
    return JSON.stringify({ ...said, error: { code: codes.notRecorded, message: answer.message } })
  }
  const { rpcCode = codes.failed, data } = answer instanceof RefusedError ? answer : {}
  return JSON.stringify({ ...said, error: { code: rpcCode, message: answer.message, data } })
}

function refuse(response: ServerResponse, error: unknown): void {
  const message = `not a JSON-RPC request: ${error instanceof Error ? error.message : String(error)}`
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_700, message } })
  response.writeHead(400, { 'content-type': 'application/json' }).end(body)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    parts.push(part as Buffer)
    size += (part as Buffer).length
    if (size > bodyMax) throw new KeeperError('bad-argument', `a request of more than ${bodyMax} bytes`)
  }
  return Buffer.concat(parts).toString('utf8')
}
