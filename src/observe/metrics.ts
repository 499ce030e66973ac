import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { MissReason } from '#core/miss.ts'
import type { Trigger } from '#core/scene.ts'
import { type MetricRow, rows } from './metric-rows.ts'

type Rows = typeof rows
type Of = { counter: Counter; gauge: Gauge; histogram: Histogram }
export type Metrics = { readonly [K in keyof Rows]: Of[Rows[K]['kind']] } & { readonly registry: Registry }

/** Seconds: a hot path is less than a millisecond, a slow one a slot. */
const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 12]

/** A registry of its own for each keeper, so that two in one process do not share figures. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const made = Object.entries<MetricRow>(rows).map(([key, { kind, name, help, labels }]) => {
    const shape = { name, help, labelNames: [...labels], registers: [registry] }
    if (kind === 'counter') return [key, new Counter(shape)]
    return [key, kind === 'gauge' ? new Gauge(shape) : new Histogram({ ...shape, buckets })]
  })
  return { ...Object.fromEntries(made), registry }
}

const fates = ['sent', 'refused', 'withheld', 'included', 'reverted', 'dropped', 'unwound', 'final']
const results = ['exact', 'inexact', 'elsewhere']
const guards = ['kill', 'too-good', 'daily-loss', 'daily-gas', 'notional']

const missReasons: Readonly<Record<MissReason, true>> = {
  ...{ 'market-untracked': true, 'position-unknown': true, 'seen-late': true, overlooked: true },
  ...{ 'judged-unprofitable': true, 'no-way': true, 'judged-closed': true, 'held-back': true },
  ...{ 'guard-open': true, 'not-sent': true, outbid: true, 'not-included': true },
}

const triggers: Readonly<Record<Trigger, true>> = {
  ...{ head: true, 'update-landed': true, 'update-pending': true, 'cut-off': true, 'derived-rate': true },
  ...{ interest: true, step: true, parameter: true, 'parameter-queued': true, pool: true, stale: true },
  ...{ shock: true, history: true },
}

/** What there is most of in a storm. */
const stormy = ['verdict', 'miss', 'rpc-fault']

/**
 * Series known beforehand begin at zero: Prometheus sees no increase in a counter that turns up with its first count,
 * and the first count of a fault is the one to be told of.
 */
export function beginAtZero(metrics: Metrics, via: string, strategies: readonly string[]): void {
  for (const status of fates) metrics.fates.inc({ via, status }, 0)
  for (const result of results) metrics.predictions.inc({ result }, 0)
  for (const result of ['sent', 'dropped']) metrics.spans.inc({ result }, 0)
  for (const event of stormy) metrics.keptBack.inc({ event }, 0)
  for (const trigger of Object.keys(triggers)) metrics.triggerToSend.zero({ trigger })
  for (const guard of guards) {
    metrics.guardAlerts.inc({ guard }, 0)
    metrics.guardOpen.inc({ guard }, 0)
  }
  for (const strategy of strategies) {
    metrics.drifts.inc({ strategy }, 0)
    metrics.quarantined.inc({ strategy }, 0)
    for (const reason of Object.keys(missReasons)) {
      metrics.misses.inc({ strategy, reason }, 0)
      metrics.missesUndone.inc({ strategy, reason }, 0)
    }
    for (const status of ['included', 'reverted']) metrics.receipts.inc({ via, status, strategy }, 0)
    for (const counter of [metrics.profit, metrics.loss, metrics.unwound, metrics.gas, metrics.tips])
      counter.inc({ via, strategy }, 0)
  }
}
