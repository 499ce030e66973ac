import { createHash } from 'node:crypto'

/** One stretch of a trace, in OpenTelemetry's words. Times are milliseconds since 1970. */
export type Span = {
  readonly traceId: string
  readonly spanId: string
  /** Absent for the first of a trace. */
  readonly parentSpanId?: string
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, string | number>>
  readonly isError: boolean
}

/** A plan's id is a trace's: 16 bytes in hex. What stands for one after a crash is made one. */
export const traceIdOf = (plan: string): string =>
  /^0x[0-9a-f]{32}$/.test(plan) ? plan.slice(2) : createHash('sha256').update(plan).digest('hex').slice(0, 32)

/** The same for the same stretch of the same plan, whoever asks and when. */
export const spanIdOf = (plan: string, name: string): string =>
  createHash('sha256').update(`${plan} ${name}`).digest('hex').slice(0, 16)
