import { isKeeperError } from '#core/error.ts'
import { createCalm } from './calm.ts'
import { chainEvents } from './chain-events.ts'
import { createLog, type LogOptions } from './create-log.ts'
import { createHealth } from './health.ts'
import { leaseTo } from './lease-to.ts'
import { limitEvents } from './limit-events.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { Observe } from './observe.ts'
import { openAttempts } from './open-attempts.ts'
import { planEvents } from './plan-events.ts'
import { unservedTo } from './unserved-to.ts'

/** An observer with a log, a registry and a health of its own. */
export function createObserve(options: LogOptions & { readonly now?: () => number }): Observe {
  const now = options.now ?? Date.now
  const metrics = createMetrics()
  const calm = createCalm((kept) => {
    for (const [kind, count] of Object.entries(kept)) metrics.keptBack.inc({ event: kind.split(' ')[0] ?? kind }, count)
    const count = Object.values(kept).reduce((sum, one) => sum + one, 0)
    log.warn({ event: 'kept-back', kept }, `${count} log lines were kept back: the journal has what they were about`)
  }, now)
  const log = createLog({ ...options, calm })
  const health = createHealth(now())
  const { lease, age } = leaseTo(log, metrics, health, now)
  const attempts = openAttempts(metrics, now)

  return {
    ...chainEvents(log, metrics, health, now),
    ...planEvents(log, metrics),
    ...limitEvents(log, metrics),
    attempt: attempts.attempt,
    unserved: unservedTo(log, metrics),
    lease,
    reloaded: ({ changed, waiting }) => {
      const said = changed.map(({ name, from, to }) => `${name}: ${from} → ${to}`)
      log.info({ event: 'reloaded', changed, waiting }, `configuration read again: ${said.join('; ') || 'no change'}`)
      if (waiting.length > 0) log.warn({ event: 'needs-restart', waiting }, `changed only by a new start: ${waiting}`)
    },
    warning: (text) => log.warn({ event: 'warning' }, text),
    stopping: (why) => {
      health.draining()
      log.info({ event: 'stopping', why }, `stopping: ${why}`)
    },
    stopped: () => {
      calm.tell()
      log.info({ event: 'stopped' }, 'stopped')
    },
    failed: (error) => {
      const code = isKeeperError(error) ? error.code : 'bug'
      const stack = isKeeperError(error) || !(error instanceof Error) ? {} : { stack: error.stack }
      log.fatal({ event: 'failed', code, ...stack }, error instanceof Error ? error.message : String(error))
    },
    metricsText: () => {
      age()
      attempts.show()
      showNow(metrics, health.state(now()).kinds)
      return metrics.registry.metrics()
    },
    health: () => health.state(now()),
  }
}

/** What is asked for at this moment, not told when it happens. */
function showNow(metrics: Metrics, kinds: Readonly<Record<string, boolean>>): void {
  for (const [reason, isSo] of Object.entries(kinds)) metrics.blind.set({ reason }, isSo ? 1 : 0)
  metrics.memory.set(process.memoryUsage.rss())
}
