import { type Span, spanIdOf, traceIdOf } from './span.ts'

/** How a plan went, from its trigger to its end, as far as it has come. Times are milliseconds since 1970. */
type Journey = {
  readonly startMs: number
  readonly decidedMs: number
  sentMs: number | null
  readonly attributes: Record<string, string | number>
}

/** What becomes of plans, made into spans: one for the whole, and one a stage. */
export type PlanSpans = {
  readonly decided: (plan: string, atMs: number, tookMs: number, about: Journey['attributes']) => void
  readonly about: (plan: string, about: Journey['attributes']) => void
  /** `sinceTriggerMs`: as it was measured; `null` where nobody did. */
  readonly sent: (plan: string, atMs: number, sinceTriggerMs: number | null) => void
  /** No more comes of it. A plan nobody decided here (before a restart) has no spans. */
  readonly ended: (plan: string, atMs: number, status: string) => void
}

/** Of so many plans at most the end is awaited; the oldest is given up first. */
const openMost = 1_024
const errors = ['reverted', 'refused']

export function createPlanSpans(put: (spans: readonly Span[]) => void): PlanSpans {
  const open = new Map<string, Journey>()
  return {
    decided: (plan, atMs, tookMs, about) => {
      if (open.has(plan)) return
      if (open.size >= openMost) open.delete(open.keys().next().value ?? '')
      open.set(plan, { startMs: atMs - tookMs, decidedMs: atMs, sentMs: null, attributes: { plan, ...about } })
    },
    about: (plan, about) => {
      Object.assign(open.get(plan)?.attributes ?? {}, about)
    },
    sent: (plan, atMs, sinceTriggerMs) => {
      const journey = open.get(plan)
      if (journey === undefined || journey.sentMs !== null) return
      journey.sentMs = sinceTriggerMs === null ? atMs : journey.startMs + sinceTriggerMs
    },
    ended: (plan, atMs, status) => {
      const journey = open.get(plan)
      if (journey === undefined) return
      open.delete(plan)
      put(spansOf(plan, journey, atMs, status))
    },
  }
}

function spansOf(plan: string, { startMs, decidedMs, sentMs, attributes }: Journey, endMs: number, status: string) {
  const [traceId, parentSpanId] = [traceIdOf(plan), spanIdOf(plan, 'liquidation')]
  const isError = errors.includes(status)
  const stage = (name: string, from: number, to: number): Span => ({
    ...{ traceId, parentSpanId, spanId: spanIdOf(plan, name), name },
    ...{ startMs: from, endMs: Math.max(from, to), attributes: { plan }, isError: false },
  })
  const whole = { traceId, spanId: parentSpanId, name: 'liquidation', startMs, endMs, isError }
  return [
    { ...whole, attributes: { ...attributes, status } },
    stage('decide', startMs, decidedMs),
    // A plan that leaves first is decided and sent in one run: its verdict is told a moment after its bytes are out.
    ...(sentMs === null ? [] : [stage('send', Math.min(decidedMs, sentMs), sentMs), stage('fate', sentMs, endMs)]),
  ]
}
