import type { createLog } from './create-log.ts'
import type { createHealth } from './health.ts'
import type { createMetrics } from './metrics.ts'
import type { LeaseNews } from './observe.ts'

/** Who leads, to log, metrics and health. `age`: before figures are read. */
export function leaseTo(
  log: ReturnType<typeof createLog>,
  metrics: ReturnType<typeof createMetrics>,
  health: ReturnType<typeof createHealth>,
  now: () => number,
): { readonly lease: (news: LeaseNews) => void; readonly age: () => void } {
  let askedMs: number | null = null
  const lead = (epoch: number | null): void => {
    metrics.leader.set(epoch === null ? 0 : 1)
    if (epoch !== null) metrics.leaseEpoch.set(epoch)
  }
  return {
    age: () => {
      if (askedMs !== null) metrics.leaseAge.set(Math.max(0, (now() - askedMs) / 1_000))
    },
    lease: (news) => {
      switch (news.kind) {
        case 'alone':
          return metrics.leader.set(1)
        case 'asked':
          askedMs = now()
          health.lease(null)
          return lead(news.epoch)
        case 'taken':
          metrics.takeovers.inc()
          lead(news.epoch)
          return log.info({ event: 'lease-taken', epoch: news.epoch }, `leads from here on, epoch ${news.epoch}`)
        case 'lost':
          lead(null)
          return log.warn({ event: 'lease-lost', why: news.why }, `stands by: ${news.why}`)
        case 'failing': {
          const { code, message } = news.error
          const said = `the lease cannot be renewed, nothing is sent: ${message}`
          metrics.leader.set(0)
          metrics.storeFaults.inc()
          health.lease(said)
          return log.error({ event: 'lease-failing', code }, said)
        }
      }
    },
  }
}
