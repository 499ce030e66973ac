import type { createLog } from './create-log.ts'
import { ether } from './ether.ts'
import type { Metrics } from './metrics.ts'
import type { Observe } from './observe.ts'
import { plain } from './plain.ts'

type Log = ReturnType<typeof createLog>

/** What is told of guards, lanes and the executor: what stands in the way, or will. */
export function limitEvents(log: Log, metrics: Metrics) {
  const laneOf = ordinals('lane-')
  const open = new Set<string>()
  return {
    guard: ({ name, isOpen, detail }) => {
      const guard = kindOf(name)
      if (isOpen) open.add(name)
      else open.delete(name)
      metrics.guardOpen.set({ guard }, [...open].filter((one) => kindOf(one) === guard).length)
      if (isOpen) metrics.guardAlerts.inc({ guard })
      log[isOpen ? 'error' : 'info']({ event: 'guard', guard: name, isOpen, detail }, `guard ${name}: ${detail}`)
    },
    guardAlert: ({ name, detail }) => {
      metrics.guardAlerts.inc({ guard: kindOf(name) })
      log.warn({ event: 'guard-alert', guard: name, detail }, `limit ${name} is reached: ${detail}`)
    },
    guardUse: (used) => {
      for (const { guard, part } of used) metrics.guardUsed.set({ guard }, part)
    },
    laneFunding: ({ lane, wei, highestAffordableBaseFee }) => {
      const label = laneOf(lane)
      metrics.laneBalance.set({ lane: label }, ether(wei))
      metrics.laneBaseFee.set({ lane: label }, Number(highestAffordableBaseFee))
      log.debug(plain({ event: 'lane-funding', lane, label, wei, highestAffordableBaseFee }), 'lane funding')
    },
    executor: (checks) => {
      metrics.executorChecks.reset()
      for (const { name, state } of checks)
        metrics.executorChecks.inc({ check: name.replace(/^executor /, '').replaceAll(' ', '-'), state })
      for (const { name, state, found, todo } of checks)
        if (state === 'failure') log.error({ event: 'executor', check: name, found, todo }, `${found}: ${todo}`)
    },
    storeFault: (error) => {
      metrics.storeFaults.inc()
      log.error({ event: 'store-fault', code: error.code }, error.message)
    },
    notifying: (channels) => {
      for (const channel of channels)
        for (const result of ['sent', 'failed', 'dropped']) metrics.notified.inc({ channel, result }, 0)
    },
    notified: ({ channel, result, why }) => {
      metrics.notified.inc({ channel, result })
      if (result !== 'sent') log.warn({ event: 'notification', channel, result, why }, `${channel}: ${why}`)
    },
  } satisfies Partial<Observe>
}

/** `too-good:0x…` is counted as `too-good`: what stands behind the colon is a market. */
const kindOf = (guard: string): string => guard.split(':')[0] ?? guard

/** Bounded names for what is named by an address: `lane-0`, `lane-1`, … in the order they turn up. */
function ordinals(prefix: string): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    const found = known.get(name) ?? `${prefix}${known.size}`
    known.set(name, found)
    return found
  }
}
