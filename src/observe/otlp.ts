import { withoutCredentials } from '#core/without-credentials.ts'
import type { Span } from './span.ts'

export type OtlpOptions = {
  /** A collector's address, as OTEL_EXPORTER_OTLP_ENDPOINT has it: `/v1/traces` is put behind it. */
  readonly endpoint: string
  readonly version: string
  readonly told: (count: number, result: 'sent' | 'dropped') => void
  readonly warn: (text: string) => void
  readonly flushEveryMs?: number
}
export type Otlp = {
  readonly put: (spans: readonly Span[]) => void
  /** Sends what waits, once, and ends. */
  readonly close: () => Promise<void>
}

const waitMost = 4_096
const batchMost = 512
const patienceMs = 5_000

/**
 * Spans to a collector, as OTLP over HTTP in JSON (opentelemetry.io/docs/specs/otlp). Nothing waits for it: what it does
 * not take in time is given up beyond 4,096 spans, and counted. Said once when it fails, and once when it is back.
 */
export function createOtlp({ endpoint, version, told, warn, flushEveryMs = 1_000 }: OtlpOptions): Otlp {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  let waiting: Span[] = []
  let isFailing = false
  let sending: Promise<void> | null = null
  /** The oldest are given up. */
  const keep = (spans: readonly Span[]): void => {
    waiting = spans.slice(-waitMost)
    if (spans.length > waitMost) told(spans.length - waitMost, 'dropped')
  }
  const fail = (why: string): void => {
    if (!isFailing) warn(`spans are not taken (${why}): see that the collector of OTEL_EXPORTER_OTLP_ENDPOINT runs`)
    isFailing = true
  }
  const flush = async (): Promise<void> => {
    const batch = waiting.splice(0, batchMost)
    if (batch.length === 0) return
    const answer = await post(url, bodyOf(batch, version))
    if (answer.isAgain) {
      keep([...batch, ...waiting])
      return fail(answer.why)
    }
    told(batch.length, answer.isTaken ? 'sent' : 'dropped')
    if (!answer.isTaken) return fail(answer.why)
    if (isFailing) warn('spans are taken again')
    isFailing = false
  }
  const turn = (): void => {
    sending ??= flush().finally(() => {
      sending = null
    })
  }
  const timer = setInterval(turn, flushEveryMs).unref()
  return {
    put: (spans) => keep([...waiting, ...spans]),
    close: async () => {
      clearInterval(timer)
      await sending
      await flush()
      if (waiting.length > 0) told(waiting.length, 'dropped')
    },
  }
}

type Answer = { readonly isTaken: boolean; readonly isAgain: boolean; readonly why: string }

async function post(url: string, body: string): Promise<Answer> {
  const { plain, authorization } = withoutCredentials(url)
  try {
    const headers = { 'content-type': 'application/json', ...authorization }
    const { ok, status } = await fetch(plain, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(patienceMs),
    })
    return { isTaken: ok, isAgain: [429, 502, 503, 504].includes(status), why: `it answers ${status}` }
  } catch (error) {
    return { isTaken: false, isAgain: true, why: (error as Error).message }
  }
}

function bodyOf(spans: readonly Span[], version: string): string {
  const attributes = attributesOf({ 'service.name': 'plimsoll', 'service.version': version })
  const scopeSpans = [{ scope: { name: 'plimsoll', version }, spans: spans.map(spanOf) }]
  return JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans }] })
}

const internal = 1
const [ok, error] = [1, 2]

const spanOf = ({ startMs, endMs, attributes, isError, ...span }: Span): object => ({
  ...span,
  kind: internal,
  startTimeUnixNano: nanoseconds(startMs),
  endTimeUnixNano: nanoseconds(endMs),
  attributes: attributesOf(attributes),
  status: { code: isError ? error : ok },
})

const nanoseconds = (ms: number): string => `${BigInt(Math.round(ms * 1_000)) * 1_000n}`

const attributesOf = (of: Span['attributes']): readonly object[] =>
  Object.entries(of).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: `${Math.round(value)}` } : { stringValue: value },
  }))
