import type { Address } from '#core/address.ts'
import type { Verdict } from '#core/plan.ts'
import type { Trigger } from '#core/scene.ts'
import type { Story } from '../../console/story.ts'
import type { KeeperEvents } from '../../engine/events.ts'
import { positionsOf, verdictRecord } from '../../engine/verdict-record.ts'
import { positionsIn } from '../../execution/intent.ts'
import type { LiveBook } from './live-book.ts'

type Heard = { readonly verdict: Verdict; readonly block: number; readonly trigger: Trigger; readonly atMs: number }

/** More verdicts at once than a page lists: the newest are told. */
const heardMost = 512

/** The engine's events as a story. A verdict is only kept when it is heard, on the path; it is told when there is time. */
export function storyEvents(
  story: Story,
  book: LiveBook,
): { readonly also: Partial<KeeperEvents>; readonly settle: () => void } {
  let heard: Heard[] = []
  const settle = (): void => {
    const these = heard
    heard = []
    for (const one of these) story.verdict(toldOf(one, book.ownerOf))
  }
  return {
    settle,
    also: {
      synced: (size) => book.synced(size),
      head: (block, change) => book.onHead(block, change),
      undone: () => book.wake(),
      reread: () => book.wake(),
      verdict: (verdict, block, trigger) => {
        heard.push({ verdict, block, trigger, atMs: Date.now() })
        if (heard.length > 2 * heardMost) heard = heard.slice(-heardMost)
      },
      intent: (intent) => {
        const { plan, hash, via, lane, nonce, block, lastBlock, trigger, sum, variants } = intent
        // Its verdict is waiting to be told; it comes before what became of it.
        setImmediate(() => {
          settle()
          story.intent(
            {
              ...{ plan, hash, via, lane, nonce, block, lastBlock, trigger, net: sum.net },
              ...{ positions: positionsIn(intent), variants: variants.length },
            },
            Date.now(),
          )
        })
      },
      attempt: ({ plan, status, detail, triggerToSendNs }) =>
        setImmediate(() =>
          story.fate(plan, status, detail, triggerToSendNs === undefined ? null : Number(triggerToSendNs) / 1e6),
        ),
      receipt: ({ plan, block, actual }) =>
        setImmediate(() => story.gain({ plan, block, atMs: Date.now(), net: actual.net })),
      missed: (miss) => story.miss(miss, Date.now()),
      missTakenBack: (miss) => story.missTakenBack(miss),
    },
  }
}

function toldOf({ verdict, block, trigger, atMs }: Heard, ownerOf: (position: string) => Address | null) {
  const { plan } = verdict
  return {
    ...{ atMs, block, trigger, do: verdict.do, positions: positionsOf(verdict) },
    reason: verdict.do === 'skip' ? verdict.reason : '',
    detail: verdict.do === 'skip' ? verdict.detail : '',
    protocol: plan?.strategy ?? '',
    plan: plan?.id ?? null,
    net: plan?.sum.net ?? null,
    record: verdictRecord(verdict, block, trigger, ownerOf),
  }
}
