import type { Alert } from './alert.ts'

/** One message as a channel wants it. */
export type Request = {
  readonly url: string
  readonly body: object
}

/** A way to people: how an alert is written for it, and which it takes. */
export type Channel = {
  /** A bounded label: it is counted. */
  readonly name: 'slack' | 'discord' | 'telegram' | 'pagerduty' | 'webhook'
  readonly takes: (alert: Alert) => boolean
  readonly requestOf: (alert: Alert) => Request
  /** Seconds to wait that an answer of 429 has in its body; `null` where it has none. */
  readonly waitIn?: (body: unknown) => number | null
}

export const takesAll = (): boolean => true
