import { withoutCredentials } from '#core/without-credentials.ts'
import type { Channel, Request } from './channel.ts'

export type Delivered = { readonly result: 'sent' | 'failed'; readonly why: string }

export type DeliverOptions = {
  readonly signal: AbortSignal
  /** Resolves after so long, or at once where the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly now: () => number
  readonly triesMost: number
}

const timeoutMs = 10_000
const backoffMs = 1_000
const backoffMostMs = 60_000
/** Longer than this nobody is asked to wait: what is told then is old. */
const waitMostMs = 900_000

/**
 * Sends one message until it is taken: network faults and 5xx are tried again with twice the pause, 429 after as long as
 * it says. Anything else is a clear no. Never throws.
 */
export async function deliver(channel: Channel, request: Request, options: DeliverOptions): Promise<Delivered> {
  const { signal, sleep, triesMost } = options
  const beganMs = options.now()
  let why = ''
  for (let at = 0; at < triesMost && !signal.aborted; at += 1) {
    const answer = await post(request, signal)
    if (answer.status >= 200 && answer.status < 300) return { result: 'sent', why: '' }
    why = answer.status === 0 ? answer.text : `answered ${answer.status}: ${answer.text}`
    if (answer.status !== 0 && answer.status !== 429 && answer.status < 500) break
    const pauseMs = waitOf(channel, answer, options.now()) ?? Math.min(backoffMs * 2 ** at, backoffMostMs)
    if (options.now() + pauseMs - beganMs > waitMostMs) break
    if (at + 1 < triesMost) await sleep(pauseMs, signal)
  }
  return { result: 'failed', why: why === '' ? 'the keeper stopped before it could be sent' : why }
}

type Answer = { readonly status: number; readonly text: string; readonly retryAfter: string | null }

/** Status 0: nobody answered. */
async function post({ url, body }: Request, signal: AbortSignal): Promise<Answer> {
  const { plain, authorization } = withoutCredentials(url)
  try {
    const response = await fetch(plain, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    const text = (await response.text()).slice(0, 500)
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
    return { status: 0, text: `cannot be reached: ${cause === '' ? String(error) : cause}`, retryAfter: null }
  }
}

/** Seconds or a date in the header; else what the channel's own body says. */
function waitOf(channel: Channel, { status, text, retryAfter }: Answer, nowMs: number): number | null {
  if (status !== 429 && status !== 503) return null
  const own = channel.waitIn?.(jsonOf(text)) ?? null
  if (own !== null) return Math.max(0, own * 1_000)
  if (retryAfter === null) return null
  if (/^\d+(\.\d+)?$/.test(retryAfter)) return Number(retryAfter) * 1_000
  const dateMs = Date.parse(retryAfter)
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
