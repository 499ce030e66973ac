import { isKeeperError } from '#core/error.ts'
import { type Sum, strategiesIn, type Verdict } from '#core/plan.ts'
import type { Exactness, KeeperEvents } from '../engine/events.ts'
import { positionsOf } from '../engine/verdict-record.ts'
import type { Intent } from '../execution/intent.ts'
import type { Observe } from '../observe/observe.ts'

type Told = {
  readonly observe: Observe
  readonly now: () => number
  /** Hears everything first: a demo's table, a test. */
  readonly also?: Partial<KeeperEvents>
  /** When the path is free. */
  readonly later?: (work: () => void) => void
  /** Whose position it is; `null`: nobody's that is known. */
  readonly strategyOf?: (position: string) => string | null
}

/** The engine's events, told to the log and the metrics. */
export function keeperEvents(told: Told): KeeperEvents {
  const { observe, now, also = {} } = told
  return {
    syncing: (what, count) => also.syncing?.(what, count),
    synced: (size) => {
      also.synced?.(size)
      observe.synced({ positions: size.positions, markets: size.markets, pools: size.pools, ms: size.tookMs })
    },
    head: (block, change) => {
      also.head?.(block, change)
      const lagSeconds = Math.max(0, now() / 1_000 - block.timestamp)
      observe.head({ number: block.number, lagSeconds, baseFee: block.baseFee })
    },
    undone: (blocks) => {
      also.undone?.(blocks)
      observe.reorg(blocks)
    },
    ...judgements(told),
    ...attempts(told),
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
    lane: (lane, balance, highestAffordableBaseFee) => {
      also.lane?.(lane, balance, highestAffordableBaseFee)
      observe.laneFunding({ lane, wei: balance, highestAffordableBaseFee })
    },
    guard: (name, detail) => observe.guard({ name, isOpen: true, detail }),
    fault: (error) => {
      also.fault?.(error)
      if (!isKeeperError(error)) return observe.failed(error)
      // Another keeper leads: no fault of the node's, nor of the journal's.
      if (error.code === 'lease-lost') observe.warning(error.message)
      else if (error.code === 'store-failed' || error.code === 'bad-record') observe.storeFault(error)
      else observe.rpcFault(error)
    },
  }
}

/** Nothing of it is done before the bytes are out. */
function judgements({ observe, also = {}, later = (work) => work(), strategyOf = () => null }: Told) {
  const nameOf = (verdict: Verdict): string =>
    verdict.plan?.strategy ?? strategyOf(positionsOf(verdict)[0] ?? '') ?? 'none'
  return {
    judged: (spec, verdicts, took) => {
      also.judged?.(spec, verdicts, took)
      const [waitSeconds, decideSeconds, handSeconds] = [took.waitNs, took.decideNs, took.handNs].map(
        (ns) => Number(ns) / 1e9,
      ) as [number, number, number]
      later(() => {
        observe.scene({ trigger: spec.trigger, waitSeconds, decideSeconds, handSeconds })
        if (spec.trigger === 'head') observe.standing(standingOf(verdicts, strategyOf))
      })
    },
    verdict: (verdict, block, trigger, tookNs) => {
      also.verdict?.(verdict, block, trigger, tookNs)
      const seconds = Number(tookNs) / 1e9
      later(() => observe.verdict({ verdict, strategy: nameOf(verdict), trigger, seconds }))
    },
    missed: (miss) => {
      also.missed?.(miss)
      later(() => observe.missed(miss))
    },
    missTakenBack: (miss) => {
      also.missTakenBack?.(miss)
      later(() => observe.missUndone(miss))
    },
  } satisfies Partial<KeeperEvents>
}

function attempts({ observe, also = {}, later = (work) => work() }: Told) {
  /** By plan: what was recorded as realised, and may be reorganised away. */
  const realised = new Map<string, Sum>()
  return {
    intent: (intent) => {
      also.intent?.(intent)
      later(() => observe.intent(intent))
    },
    attempt: (event, intent) => {
      also.attempt?.(event, intent)
      observe.attempt({ plan: event.plan, via: intent.via, status: event.status })
      if (event.status === 'dropped' || event.status === 'withheld') observe.dropped(event.plan, event.detail)
      if (event.triggerToSendNs !== undefined) observe.leftAfter(intent.trigger, Number(event.triggerToSendNs) / 1e9)
      const sum = realised.get(event.plan)
      if (event.status === 'unwound' && sum !== undefined) observe.unwoundProfit(sum, underOf(intent))
      if (event.status === 'unwound' || event.status === 'final') realised.delete(event.plan)
    },
    receipt: (receipt, intent, exactness) => {
      also.receipt?.(receipt, intent, exactness)
      observe.receipt(receipt, underOf(intent))
      observe.recordedProfit(receipt.actual, underOf(intent))
      if (receipt.status === 'included') observe.compared({ plan: receipt.plan, result: resultOf(exactness) })
      realised.set(receipt.plan, receipt.actual)
    },
  } satisfies Partial<KeeperEvents>
}

/** A plan that takes from several at once is counted under `several`: their names would multiply. */
const underOf = (intent: Intent) => ({
  via: intent.via,
  strategy: strategiesIn(intent).length > 1 ? 'several' : intent.strategy,
})

function resultOf({ isComparable, repay, seize, swapOut, profit }: Exactness): 'exact' | 'inexact' | 'elsewhere' {
  if (!isComparable) return 'elsewhere'
  return [...repay, ...seize, ...swapOut, profit].every((difference) => difference === 0n) ? 'exact' : 'inexact'
}

type Standing = Parameters<Observe['standing']>[0][number]

function standingOf(verdicts: readonly Verdict[], strategyOf: NonNullable<Told['strategyOf']>): readonly Standing[] {
  const found = new Map<string, { strategy: string; reason: string; positions: number }>()
  for (const verdict of verdicts)
    for (const position of positionsOf(verdict)) {
      const strategy = strategyOf(position) ?? 'none'
      const reason = verdict.do === 'act' ? 'act' : verdict.reason
      const one = found.get(`${strategy}/${reason}`) ?? { strategy, reason, positions: 0 }
      found.set(`${strategy}/${reason}`, { ...one, positions: one.positions + 1 })
    }
  return [...found.values()]
}
