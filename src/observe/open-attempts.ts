import type { Metrics } from './metrics.ts'

/** Attempts whose fate is open, and for how long: what tells a fate that nobody reads any more. */
export function openAttempts(metrics: Metrics, now: () => number) {
  const since = new Map<string, number>()
  return {
    attempt: ({
      plan,
      via,
      status,
    }: {
      readonly plan: string
      readonly via: string
      readonly status: string
    }): void => {
      metrics.fates.inc({ via, status })
      if (status === 'sent' || status === 'unwound') since.set(plan, since.get(plan) ?? now())
      else since.delete(plan)
    },
    /** As they are at this moment. */
    show: (): void => {
      metrics.openAttempts.set(since.size)
      const oldest = Math.min(...since.values())
      metrics.openAge.set(since.size === 0 ? 0 : (now() - oldest) / 1_000)
    },
  }
}
