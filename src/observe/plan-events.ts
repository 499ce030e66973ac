import { gasFreeProfit, type Plan, type Sum } from '#core/plan.ts'
import type { createLog } from './create-log.ts'
import { ether } from './ether.ts'
import type { Metrics } from './metrics.ts'
import type { Observe } from './observe.ts'
import { plain } from './plain.ts'

type Log = ReturnType<typeof createLog>

/** What is told of verdicts and plans, from the scene to the receipt. A plan's id is in every line that is about it. */
export function planEvents(log: Log, metrics: Metrics) {
  return {
    ...judged(log, metrics),
    ...left(log, metrics),
    receipt: ({ plan, transactionHash, block, status, actual }, { via, strategy }) => {
      metrics.receipts.inc({ via, status, strategy })
      const level = status === 'reverted' ? 'error' : 'info'
      log[level](plain({ event: 'receipt', plan, transactionHash, block, status, via, net: actual.net }), status)
    },
    compared: ({ plan, result }) => {
      metrics.predictions.inc({ result })
      if (result === 'inexact') log.error({ event: 'inexact', plan }, 'the chain did not do what was foreseen')
    },
    recordedProfit: (sum, { via, strategy }) => {
      if (sum.net >= 0n) metrics.profit.inc({ via, strategy }, ether(sum.net))
      else metrics.loss.inc({ via, strategy }, -ether(sum.net))
      if (sum.gas < 0n) metrics.gas.inc({ via, strategy }, -ether(sum.gas))
      if (sum.tip < 0n) metrics.tips.inc({ via, strategy }, -ether(sum.tip))
      log.info(plain({ event: 'profit', via, gasFree: gasFreeProfit(sum), ...sum }), 'realised')
    },
    unwoundProfit: (sum, { via, strategy }) => {
      if (sum.net > 0n) metrics.unwound.inc({ via, strategy }, ether(sum.net))
      log.warn(plain({ event: 'unwound', via, net: sum.net }), 'a reorg took a receipt away')
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
  } satisfies Partial<Observe>
}

function judged(log: Log, metrics: Metrics) {
  return {
    scene: ({ trigger, waitSeconds, decideSeconds, handSeconds }) => {
      metrics.stageSeconds.observe({ stage: 'wait', trigger }, waitSeconds)
      metrics.stageSeconds.observe({ stage: 'decide', trigger }, decideSeconds)
      metrics.stageSeconds.observe({ stage: 'hand', trigger }, handSeconds)
    },
    standing: (found) => {
      metrics.standing.reset()
      for (const { strategy, reason, positions } of found) metrics.standing.set({ strategy, reason }, positions)
    },
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
  } satisfies Partial<Observe>
}

/** So many of the newest transactions are known by their plan. */
const knownMost = 1_024

function left(log: Log, metrics: Metrics) {
  const plans = new Map<string, string>()
  return {
    intent: ({ plan, strategy, lane, nonce, hash }) => {
      plans.set(hash, plan)
      if (plans.size > knownMost) plans.delete(plans.keys().next().value ?? '')
      metrics.intents.inc({ strategy })
      log.info({ event: 'intent', plan, strategy, lane, nonce, transactionHash: hash }, 'intent')
    },
    sent: ({ transactionHash, via, relay }) => {
      metrics.sent.inc({ via, relay })
      log.info({ event: 'sent', plan: plans.get(transactionHash), transactionHash, via, relay }, `sent to ${relay}`)
    },
    sendRefused: ({ transactionHash, via, relay, why }) => {
      metrics.sendRefused.inc({ via, relay })
      log.warn(
        { event: 'send-refused', plan: plans.get(transactionHash), transactionHash, via, relay, why },
        `${relay} refused: ${why}`,
      )
    },
    relayAnswered: (relay, seconds) => metrics.answerSeconds.observe({ relay }, seconds),
    leftAfter: (trigger, seconds) => metrics.triggerToSend.observe({ trigger }, seconds),
    spans: (count, result) => metrics.spans.inc({ result }, count),
    eventsDropped: (count) => metrics.untold.inc(count),
    dropped: (plan, why) => log.info({ event: 'dropped', plan, why }, `dropped: ${why}`),
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
