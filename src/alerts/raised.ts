import type { Alert } from './alert.ts'

/** Something that is so now, and that somebody should know of. */
export type Condition = Pick<Alert, 'name' | 'key' | 'severity' | 'summary' | 'detail'> & {
  /** So long it must have been so: what passes by itself is nobody's business. */
  readonly forMs: number
}

type Held = {
  condition: Condition
  readonly sinceMs: number
  /** When it was last told; `null`: never, or nobody took it. */
  toldMs: number | null
  /** What that was before. */
  beforeMs: number | null
  dueMs: number
}

/** What nobody took is told again after so long: channels are given only so much, and the log a line for each. */
const againMs = 60_000

/** Of conditions, as they are from one look to the next, what is news: those that began, and those that are over. */
export function createRaised(repeatMs: number) {
  const held = new Map<string, Held>()
  return {
    /** `conditions`: all that hold now. A condition that still holds is told again after `repeatMs`. */
    look: (conditions: readonly Condition[], nowMs: number): readonly Alert[] => {
      const news: Alert[] = []
      const present = new Set(conditions.map(({ key }) => key))
      for (const condition of conditions) {
        const one = held.get(condition.key) ?? begun(condition, nowMs)
        held.set(condition.key, one)
        one.condition = condition
        if (nowMs < one.dueMs) continue
        one.beforeMs = one.toldMs
        one.toldMs = nowMs
        one.dueMs = nowMs + repeatMs
        news.push(alertOf(condition, one.sinceMs, null))
      }
      for (const [key, { condition, sinceMs, toldMs }] of held) {
        if (present.has(key)) continue
        held.delete(key)
        if (toldMs !== null) news.push(alertOf(condition, sinceMs, nowMs))
      }
      return news
    },
    /** No channel took it: while it holds it is due again, and where nobody ever heard of it, its end is not told. */
    untaken: ({ key, startedMs, endedMs }: Alert, nowMs: number): void => {
      const one = held.get(key)
      if (one === undefined || one.sinceMs !== startedMs || endedMs !== null) return
      one.toldMs = one.beforeMs
      one.dueMs = nowMs + againMs
    },
  }
}

const begun = (condition: Condition, nowMs: number): Held => ({
  ...{ condition, sinceMs: nowMs, toldMs: null, beforeMs: null },
  dueMs: nowMs + condition.forMs,
})

const alertOf = ({ forMs: _, ...rest }: Condition, startedMs: number, endedMs: number | null): Alert => ({
  ...rest,
  startedMs,
  endedMs,
})
