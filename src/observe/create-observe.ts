import { isKeeperError } from '#core/error.ts'
import type { Wei } from '#core/numbers.ts'
import { gasFreeProfit, type Plan, type Sum } from '#core/plan.ts'
import { createLog, type LogOptions } from './create-log.ts'
import { createHealth } from './health.ts'
import { createMetrics } from './metrics.ts'
import type { Observe } from './observe.ts'
import { unservedTo } from './unserved-to.ts'

/** For a gauge or a counter, which hold floats; a log holds the integer. */
const ether = (wei: Wei): number => Number(wei) / 1e18

/** An observer with a log, a registry and a health of its own. */
export function createObserve(options: LogOptions & { readonly now?: () => number }): Observe {
  const now = options.now ?? Date.now
  const log = createLog(options)
  const metrics = createMetrics()
  const health = createHealth(now())
  const laneOf = ordinals('lane-')

  return {
    ...chainEvents(log, metrics, health, now),
    ...planEvents(log, metrics),
    unserved: unservedTo(log, metrics),
    guard: ({ name, isOpen, detail }) => {
      const guard = kindOf(name)
      metrics.guardOpen.set({ guard }, isOpen ? 1 : 0)
      if (isOpen) metrics.guardAlerts.inc({ guard })
      log[isOpen ? 'error' : 'info']({ event: 'guard', guard: name, isOpen, detail }, `guard ${name}: ${detail}`)
    },
    guardAlert: ({ name, detail }) => {
      metrics.guardAlerts.inc({ guard: kindOf(name) })
      log.warn({ event: 'guard-alert', guard: name, detail }, `limit ${name} is reached: ${detail}`)
    },
    laneFunding: ({ lane, wei, highestAffordableBaseFee }) => {
      const label = laneOf(lane)
      metrics.laneBalance.set({ lane: label }, ether(wei))
      metrics.laneBaseFee.set({ lane: label }, Number(highestAffordableBaseFee))
      log.debug(plain({ event: 'lane-funding', lane, wei, highestAffordableBaseFee }), 'lane funding')
    },
    storeFault: (error) => {
      metrics.storeFaults.inc()
      log.error({ event: 'store-fault', code: error.code }, error.message)
    },
    warning: (text) => log.warn({ event: 'warning' }, text),
    stopping: (why) => {
      health.draining()
      log.info({ event: 'stopping', why }, `stopping: ${why}`)
    },
    stopped: () => log.info({ event: 'stopped' }, 'stopped'),
    failed: (error) => {
      const code = isKeeperError(error) ? error.code : 'bug'
      const stack = isKeeperError(error) || !(error instanceof Error) ? {} : { stack: error.stack }
      log.fatal({ event: 'failed', code, ...stack }, error instanceof Error ? error.message : String(error))
    },
    metricsText: () => metrics.registry.metrics(),
    health: () => health.state(now()),
  }
}

type Log = ReturnType<typeof createLog>
type Metrics = ReturnType<typeof createMetrics>

function chainEvents(log: Log, metrics: Metrics, health: ReturnType<typeof createHealth>, now: () => number) {
  return {
    starting: ({ chainId, blockSeconds, isDryRun, via, protocols, version }) => {
      health.starting(blockSeconds)
      metrics.info.set({ version, chain_id: String(chainId), mode: isDryRun ? 'dry-run' : via }, 1)
      const said = isDryRun ? 'DRY RUN: everything is judged and journaled, nothing is sent' : `live, sending by ${via}`
      log.info({ event: 'starting', chainId, isDryRun, via, protocols, version }, said)
    },
    serving: (host, port) => log.info({ event: 'serving', host, port }, `metrics and health on http://${host}:${port}`),
    consoleServing: (url, tokenFile) => {
      const where = tokenFile === null ? 'console.token' : tokenFile
      log.info({ event: 'console', page: url, tokenFile }, `console on ${url}, its token in ${where}`)
    },
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
    head: ({ number, lagSeconds }) => {
      health.head(now())
      metrics.head.set(number)
      metrics.headTime.set(now() / 1_000)
      metrics.headLag.set(lagSeconds)
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
    rpcFault: (error) => {
      health.rpcFault()
      metrics.rpcFaults.inc({ code: error.code })
      log.warn({ event: 'rpc-fault', code: error.code, retryable: error.retryable }, error.message)
    },
  } satisfies Partial<Observe>
}

function planEvents(log: Log, metrics: Metrics) {
  return {
    verdict: ({ verdict, strategy, trigger, seconds }) => {
      const reason = verdict.do === 'act' ? '' : verdict.reason
      metrics.verdicts.inc({ strategy, trigger, do: verdict.do, reason })
      if (seconds !== undefined) metrics.verdictSeconds.observe(seconds)
      if (verdict.do === 'act') {
        log.info(plain({ event: 'verdict', do: 'act', trigger, ...summary(verdict.plan) }), 'act')
      } else {
        const { positions, detail } = verdict
        log.debug({ event: 'verdict', do: 'skip', strategy, trigger, reason, detail, positions }, `skip: ${reason}`)
      }
    },
    intent: ({ plan, strategy, lane, nonce }) => {
      metrics.intents.inc({ strategy })
      log.info({ event: 'intent', plan, strategy, lane, nonce }, 'intent')
    },
    sent: ({ plan, via, relay }) => {
      metrics.sent.inc({ via, relay })
      log.info({ event: 'sent', plan, via, relay }, `sent to ${relay}`)
    },
    leftAfter: (trigger, seconds) => metrics.triggerToSend.observe({ trigger }, seconds),
    eventsDropped: (count) => metrics.untold.inc(count),
    sendRefused: ({ plan, via, relay, why }) => {
      metrics.sendRefused.inc({ via, relay })
      log.warn({ event: 'send-refused', plan, via, relay, why }, `${relay} refused: ${why}`)
    },
    receipt: ({ plan, transactionHash, block, status, actual }, via) => {
      metrics.receipts.inc({ via, status })
      const level = status === 'reverted' ? 'error' : 'info'
      log[level](plain({ event: 'receipt', plan, transactionHash, block, status, via, net: actual.net }), status)
    },
    missed: ({ strategy, block, why, because, detail, outcome, winner, outbidBy }) => {
      metrics.misses.inc({ strategy, reason: why })
      const { position, transactionHash } = outcome
      const { from, tip } = winner
      log.info(
        plain({ event: 'miss', why, because, detail, strategy, block, position, transactionHash, from, tip, outbidBy }),
        `missed: ${why}`,
      )
    },
    missUndone: ({ strategy, why, block, outcome }) => {
      metrics.missesUndone.inc({ strategy, reason: why })
      log.info({ event: 'miss-undone', why, block, position: outcome.position }, 'a reorg took a miss back')
    },
    dropped: (plan, why) => log.info({ event: 'dropped', plan, why }, `dropped: ${why}`),
    recordedProfit: (sum, via) => {
      if (sum.net >= 0n) metrics.profit.inc({ via }, ether(sum.net))
      else metrics.loss.inc({ via }, -ether(sum.net))
      if (sum.gas < 0n) metrics.gas.inc({ via }, -ether(sum.gas))
      if (sum.tip < 0n) metrics.tips.inc({ via }, -ether(sum.tip))
      log.info(plain({ event: 'profit', via, gasFree: gasFreeProfit(sum), ...sum }), 'realised')
    },
    unwoundProfit: (sum, via) => {
      if (sum.net > 0n) metrics.unwound.inc({ via }, ether(sum.net))
      log.warn(plain({ event: 'unwound', via, net: sum.net }), 'a reorg took a receipt away')
    },
  } satisfies Partial<Observe>
}

/** What a log line needs of a plan; the journal has the rest. */
const summary = ({ id, strategy, block, steps, legs, sum }: Plan) => ({
  plan: id,
  strategy,
  block: block.number,
  positions: steps.flatMap(({ opportunity }) => opportunity.positions),
  hops: legs.length,
  gasFree: gasFreeProfit(sum as Sum),
  net: sum.net,
})

/** Bigints as decimal text, as everywhere in JSON for others. */
function plain(record: object): object {
  return JSON.parse(JSON.stringify(record, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part)))
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
