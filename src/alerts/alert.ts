/** What somebody is told of: that it began, and later that it is over. */
export type Alert = {
  /** As the rules for Prometheus name it. */
  readonly name: string
  /** The same for the beginning and the end, and however often it is told. */
  readonly key: string
  readonly severity: 'page' | 'warning'
  /** One line. */
  readonly summary: string
  /** What it is about, and where to read on. */
  readonly detail: string
  readonly startedMs: number
  /** `null`: it holds. */
  readonly endedMs: number | null
}

/** Of one message, in characters: every channel takes so much. */
const detailMost = 1_500

/** Nothing in it may reach a stranger: `mask` takes secrets out. */
export function masked(alert: Alert, mask: (text: string) => string): Alert {
  const detail = mask(alert.detail)
  return {
    ...alert,
    key: mask(alert.key),
    summary: mask(alert.summary).slice(0, 300),
    detail: detail.length > detailMost ? `${detail.slice(0, detailMost)}…` : detail,
  }
}

/** `FIRING PlimsollBlind`, `RESOLVED PlimsollBlind`. */
export const headline = ({ name, endedMs }: Alert): string => `${endedMs === null ? 'FIRING' : 'RESOLVED'} ${name}`
