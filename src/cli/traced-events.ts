import type { KeeperEvents } from '../engine/events.ts'
import { isFinal } from '../execution/intent.ts'
import { createBacklog } from '../observe/backlog.ts'
import type { PlanSpans } from '../observe/plan-spans.ts'

/** What a keeper's spans are made of. What is told waits in a ring till the bytes are out, and is given up beyond it. */
export function tracedEvents(
  spans: PlanSpans,
  onDropped: (count: number) => void,
  now: () => number = Date.now,
): Pick<KeeperEvents, 'verdict' | 'intent' | 'attempt' | 'receipt'> {
  const { later } = createBacklog(1_024, onDropped)
  return {
    verdict: (verdict, block, trigger, tookNs) => {
      if (verdict.do !== 'act') return
      const { id, strategy, shape } = verdict.plan
      const atMs = now()
      later(() => spans.decided(id, atMs, Number(tookNs) / 1e6, { strategy, trigger, shape, block }))
    },
    intent: ({ plan, via, lane, nonce, hash }) =>
      later(() => spans.about(plan, { via, lane, nonce, transactionHash: hash })),
    attempt: ({ plan, status, detail, triggerToSendNs }) => {
      const atMs = now()
      if (status === 'sent')
        later(() => spans.sent(plan, atMs, triggerToSendNs === undefined ? null : Number(triggerToSendNs) / 1e6))
      // What is on the chain ends with its receipt.
      else if (isFinal(status) && status !== 'included' && status !== 'reverted')
        later(() => {
          spans.about(plan, { detail })
          spans.ended(plan, atMs, status)
        })
    },
    receipt: ({ plan, block, status, transactionHash, actual }) => {
      const atMs = now()
      later(() => {
        spans.about(plan, { transactionHash, includedIn: block, net: String(actual.net) })
        spans.ended(plan, atMs, status)
      })
    },
  }
}
