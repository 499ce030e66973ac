import type { createLog } from './create-log.ts'
import type { Health } from './health.ts'
import { beginAtZero, type Metrics } from './metrics.ts'
import type { Observe } from './observe.ts'
import { plain } from './plain.ts'

type Log = ReturnType<typeof createLog>

/** What is told of the chain, and of the book that follows it. */
export function chainEvents(log: Log, metrics: Metrics, health: Health, now: () => number) {
  return {
    starting: ({ chainId, blockSeconds, isDryRun, via, protocols, version }) => {
      health.starting(blockSeconds)
      metrics.info.set({ version, chain_id: String(chainId), mode: isDryRun ? 'dry-run' : via }, 1)
      metrics.started.set(now() / 1_000)
      metrics.blockSeconds.set(blockSeconds)
      beginAtZero(metrics, via, [...new Set(protocols.map((label) => label.split(':')[0] ?? label))])
      const said = isDryRun ? 'DRY RUN: everything is judged and journaled, nothing is sent' : `live, sending by ${via}`
      log.info({ event: 'starting', chainId, isDryRun, via, protocols, version }, said)
    },
    serving: (host, port) => log.info({ event: 'serving', host, port }, `metrics and health on http://${host}:${port}`),
    syncing: (what, count) => log.info({ event: 'syncing', what, count }, `reading ${what}: ${count} so far`),
    synced: ({ positions, markets, pools, ms }) => {
      health.synced()
      metrics.synced.set(1)
      metrics.bookItems.set({ kind: 'positions' }, positions)
      metrics.bookItems.set({ kind: 'markets' }, markets)
      metrics.bookItems.set({ kind: 'pools' }, pools)
      metrics.syncSeconds.set(ms / 1_000)
      log.info({ event: 'synced', positions, markets, pools, ms }, 'the book is synced')
    },
    input: (kind) => {
      metrics.inputs.inc({ kind })
      metrics.inputTime.set({ kind }, now() / 1_000)
    },
    head: ({ number, lagSeconds, baseFee }) => {
      health.head(now())
      metrics.head.set(number)
      metrics.headTime.set(now() / 1_000)
      metrics.headLag.set(lagSeconds)
      metrics.baseFee.set(Number(baseFee))
      log.debug({ event: 'head', number, lagSeconds }, `head ${number}`)
    },
    reorg: (depth) => {
      metrics.reorgs.inc()
      metrics.reorgBlocks.inc(depth)
      log.warn({ event: 'reorg', depth }, `the chain went another way ${depth} blocks back`)
    },
    refreshed: (positions) => {
      metrics.refreshed.inc(positions)
      log.debug({ event: 'refreshed', positions }, `${positions} positions read again`)
    },
    drift: ({ strategy, position, ours, theirs }) => {
      metrics.drifts.inc({ strategy })
      log.error(plain({ event: 'drift', strategy, position, ours, theirs }), 'our figures differ from the protocol’s')
    },
    quarantined: ({ strategy, position, why }) => {
      metrics.quarantined.inc({ strategy })
      log.error({ event: 'quarantined', strategy, position, why }, `${position} is set aside: ${why}`)
    },
    coming: ({ hour, day, nextSeconds }) => {
      metrics.coming.set({ within: '1h' }, hour)
      metrics.coming.set({ within: '24h' }, day)
      metrics.comingNext.set(nextSeconds)
    },
    rpcFault: (error) => {
      health.rpcFault()
      metrics.rpcFaults.inc({ code: error.code })
      log.warn({ event: 'rpc-fault', code: error.code, retryable: error.retryable }, error.message)
    },
  } satisfies Partial<Observe>
}
