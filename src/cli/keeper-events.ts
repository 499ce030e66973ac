import { isKeeperError } from '#core/error.ts'
import type { Sum } from '#core/plan.ts'
import type { KeeperEvents } from '../engine/events.ts'
import type { Observe } from '../observe/observe.ts'

/**
 * The engine's events, told to the log and the metrics. `also` hears everything first: a demo's
 * table, a test. `later`: when the path is free.
 */
export function keeperEvents(
  observe: Observe,
  now: () => number,
  also: Partial<KeeperEvents> = {},
  later: (work: () => void) => void = (work) => work(),
): KeeperEvents {
  /** By plan: what was recorded as realised, and may be reorganised away. */
  const realised = new Map<string, Sum>()
  return {
    syncing: (what, count) => also.syncing?.(what, count),
    synced: (size) => {
      also.synced?.(size)
      observe.synced({ positions: size.positions, markets: size.markets, pools: size.pools, ms: size.tookMs })
    },
    head: (block, change) => {
      also.head?.(block, change)
      observe.head({ number: block.number, lagSeconds: Math.max(0, now() / 1_000 - block.timestamp) })
    },
    undone: (blocks) => {
      also.undone?.(blocks)
      observe.reorg(blocks)
    },
    verdict: (verdict, block, trigger, tookNs) => {
      also.verdict?.(verdict, block, trigger, tookNs)
      const strategy = verdict.plan?.strategy ?? 'none'
      const seconds = Number(tookNs) / 1e9
      later(() => observe.verdict({ verdict, strategy, trigger, seconds }))
    },
    intent: (intent) => {
      also.intent?.(intent)
      later(() => observe.intent(intent))
    },
    attempt: (event, intent) => {
      also.attempt?.(event, intent)
      if (event.status === 'dropped' || event.status === 'withheld') observe.dropped(event.plan, event.detail)
      if (event.triggerToSendNs !== undefined) observe.leftAfter(intent.trigger, Number(event.triggerToSendNs) / 1e9)
      const sum = realised.get(event.plan)
      if (event.status === 'unwound' && sum !== undefined) observe.unwoundProfit(sum, intent.via)
      if (event.status === 'unwound' || event.status === 'final') realised.delete(event.plan)
    },
    receipt: (receipt, intent, exactness) => {
      also.receipt?.(receipt, intent, exactness)
      observe.receipt(receipt, intent.via)
      observe.recordedProfit(receipt.actual, intent.via)
      realised.set(receipt.plan, receipt.actual)
    },
    missed: (miss) => {
      also.missed?.(miss)
      later(() => observe.missed(miss))
    },
    missTakenBack: (miss) => {
      also.missTakenBack?.(miss)
      later(() => observe.missUndone(miss))
    },
    reread: (positions) => {
      also.reread?.(positions)
      observe.refreshed(positions)
    },
    drift: (drift) => {
      also.drift?.(drift)
      observe.drift(drift)
    },
    quarantined: (drift) => {
      also.quarantined?.(drift)
      observe.quarantined({ ...drift, why: 'differs from the protocol’s own view after being read again' })
    },
    released: (position) => observe.warning(`${position} agrees with the protocol again and is acted on`),
    unserved: (found) => {
      also.unserved?.(found)
      observe.unserved(found)
    },
    lane: (lane, balance, highestAffordableBaseFee) =>
      observe.laneFunding({ lane, wei: balance, highestAffordableBaseFee }),
    guard: (name, detail) => observe.guard({ name, isOpen: true, detail }),
    fault: (error) => {
      also.fault?.(error)
      if (!isKeeperError(error)) return observe.failed(error)
      if (error.code === 'store-failed' || error.code === 'bad-record') observe.storeFault(error)
      else observe.rpcFault(error)
    },
  }
}
