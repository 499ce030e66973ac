import type { Alert } from './alert.ts'

/** Something that is so now, and that somebody should know of. */
export type Condition = Pick<Alert, 'name' | 'key' | 'severity' | 'summary' | 'detail'> & {
  /** So long it must have been so: what passes by itself is nobody's business. */
  readonly forMs: number
}

/** Of conditions, as they are from one look to the next, what is news: those that began, and those that are over. */
export function createRaised(repeatMs: number) {
  const held = new Map<string, { condition: Condition; sinceMs: number; toldMs: number | null }>()
  return {
    /** `conditions`: all that hold now. A condition that still holds is told again after `repeatMs`. */
    look: (conditions: readonly Condition[], nowMs: number): readonly Alert[] => {
      const news: Alert[] = []
      const present = new Set(conditions.map(({ key }) => key))
      for (const condition of conditions) {
        const known = held.get(condition.key)
        const one = { condition, sinceMs: known?.sinceMs ?? nowMs, toldMs: known?.toldMs ?? null }
        held.set(condition.key, one)
        const isDue = one.toldMs === null ? nowMs - one.sinceMs >= condition.forMs : nowMs - one.toldMs >= repeatMs
        if (!isDue) continue
        one.toldMs = nowMs
        news.push(alertOf(condition, one.sinceMs, null))
      }
      for (const [key, { condition, sinceMs, toldMs }] of held) {
        if (present.has(key)) continue
        held.delete(key)
        if (toldMs !== null) news.push(alertOf(condition, sinceMs, nowMs))
      }
      return news
    },
  }
}

const alertOf = ({ forMs: _, ...rest }: Condition, startedMs: number, endedMs: number | null): Alert => ({
  ...rest,
  startedMs,
  endedMs,
})
