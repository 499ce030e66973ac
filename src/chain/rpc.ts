import { KeeperError } from '#core/error.ts'
import { withoutCredentials } from '#core/without-credentials.ts'

/**
 * A thin JSON-RPC client: no batching delay, no cache, every request counted. ethers' default provider holds a request
 * for 10 ms and answers nonces from a 250 ms cache; on the path of a liquidation neither will do.
 */
export interface Rpc {
  readonly url: string
  /** @throws `rpc-unreachable` (retryable), `rpc-refused` (the node's own words), `bad-answer`. */
  readonly request: (method: string, params: readonly unknown[]) => Promise<unknown>
  /** Answers in the order asked; a refused one is an error in its place. @throws `rpc-unreachable`, `bad-answer`. */
  readonly batch: (asks: readonly Ask[]) => Promise<readonly (unknown | KeeperError)[]>
  /** Requests begun so far; a batch counts each of its parts. */
  readonly requests: () => number
  readonly close: () => void
}
export type Ask = { readonly method: string; readonly params: readonly unknown[] }
export type RpcOptions = {
  readonly timeoutMs?: number
  /** Parts of one request, at most. */
  readonly batchLimit?: number
  readonly headers?: Readonly<Record<string, string>>
}
export type Answer = {
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: { readonly code?: number; readonly message?: string; readonly data?: unknown }
}

/** Over HTTP: see `open-rpc.ts` for whatever an operator may write. */
export function httpRpc(url: string, options: RpcOptions = {}): Rpc {
  const { timeoutMs = 10_000, batchLimit = 200 } = options
  const { plain, authorization } = withoutCredentials(url)
  const headers = { ...authorization, ...options.headers }
  let count = 0
  const send = async (body: string): Promise<Response> =>
    fetch(plain, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    })
  const post = async (body: string): Promise<unknown> => {
    let text: string
    try {
      // An idle connection the other side has just closed is no outage: asked once more, on a new one.
      const response = await send(body).catch((error: unknown) =>
        isStaleConnection(error) ? send(body) : Promise.reject(error),
      )
      text = await response.text()
      if (!response.ok && !text.startsWith('{') && !text.startsWith('[')) {
        throw unreachable(url, `HTTP ${response.status}`)
      }
    } catch (cause) {
      throw cause instanceof KeeperError ? cause : unreachable(url, reasonOf(cause), cause)
    }
    return parsed(url, text)
  }

  return {
    url,
    requests: () => count,
    close: () => undefined,
    request: async (method, params) => {
      count += 1
      return resultOf(method, (await post(askText({ method, params }, count))) as Answer)
    },
    batch: async (asks) => {
      count += asks.length
      const answers: (unknown | KeeperError)[] = []
      for (const part of pages(asks.map(askText), batchLimit)) {
        const got = await post(`[${part.join(',')}]`)
        if (!Array.isArray(got))
          throw refused('batch', (got as Answer).error ?? { message: 'batches are not answered' })
        const byId = new Map((got as Answer[]).map((one) => [one.id, one]))
        for (let at = answers.length, to = at + part.length; at < to; at += 1) {
          answers.push(answerOf(asks[at]?.method ?? '', byId.get(at)))
        }
      }
      return answers
    },
  }
}

/** @throws `rpc-refused`, `bad-answer`. */
export function resultOf(method: string, answer: Answer): unknown {
  if (answer.error !== undefined) throw refused(method, answer.error)
  if (answer.result === undefined)
    throw new KeeperError('bad-answer', `${method} answered without a result`, { retryable: true })
  return answer.result
}

export const askText = ({ method, params }: Ask, id: number): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params })

export function parsed(url: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `${hostOf(url)} answered what is not JSON: ${text.slice(0, 80)}`
    throw new KeeperError('bad-answer', message, { cause, retryable: true })
  }
}

/** Every request here may be made twice: reads change nothing, and a signed transaction is the same transaction. */
const isStaleConnection = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  (error.cause.code === 'ECONNRESET' || error.cause.code === 'UND_ERR_SOCKET')

/** Nodes refuse bodies of a few million bytes. */
const bodyMax = 500_000

/** Consecutive parts, so many and so large at most; one that is larger alone goes alone. */
export function pages(parts: readonly string[], limit: number): readonly (readonly string[])[] {
  const all: string[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const part of parts) {
    const last = all.at(-1)
    if (last === undefined || last.length >= limit || size + part.length > bodyMax) {
      all.push([part])
      size = part.length
    } else {
      last.push(part)
      size += part.length
    }
  }
  return all
}

export function answerOf(method: string, answer: Answer | undefined): unknown | KeeperError {
  if (answer === undefined)
    return new KeeperError('bad-answer', `${method}: no answer in the batch`, { retryable: true })
  return answer.error === undefined ? answer.result : refused(method, answer.error)
}

/** The node's data of a refused call (a revert's bytes), where it gave any. */
export class RefusedError extends KeeperError {
  readonly rpcCode: number | undefined
  readonly data: unknown
  constructor(method: string, error: NonNullable<Answer['error']>, retryable: boolean) {
    super('rpc-refused', `${method}: ${error.message ?? 'refused'}`, { retryable })
    this.rpcCode = error.code
    this.data = error.data
  }
}

/** Too many requests, and faults of the node's own, may pass; the rest will be refused again. */
export function refused(method: string, error: NonNullable<Answer['error']>): RefusedError {
  const passing =
    error.code === 429 ||
    error.code === -32005 ||
    error.code === -32603 ||
    /rate|limit|timeout|busy/i.test(error.message ?? '')
  return new RefusedError(method, error, passing && !/revert/i.test(error.message ?? ''))
}

export const unreachable = (url: string, why: string, cause?: unknown): KeeperError =>
  new KeeperError(
    'rpc-unreachable',
    `${hostOf(url)} cannot be reached (${why}): check that the node runs, and chain.rpc`,
    { retryable: true, cause },
  )
const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause)
/** Never the whole URL: providers put keys in its path. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'the node')
