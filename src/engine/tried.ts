import type { Hex } from '#core/address.ts'
import { type Wei, wei } from '#core/numbers.ts'
import { type AttemptEvent, hashesOf, type Intent, positionsIn } from '../execution/intent.ts'
import type { Tried } from '../misses/classify.ts'

/** What was to be sent lately, and how far it came: for what others won in the meantime. */
export interface TriedLately {
  readonly intent: (intent: Intent) => void
  readonly attempt: (event: AttemptEvent) => void
  readonly isOurs: (hash: Hex) => boolean
  /** Of a position, for a block; one that was sent before any that was not. `landed`: where ours lie in that block. */
  readonly of: (position: string, block: number, landed: ReadonlyMap<Hex, number>) => Tried | null
  /** Forgets what was for blocks before that one. */
  readonly forget: (block: number) => void
}

type Kept = { readonly intent: Intent; status: Tried['status']; detail: string }

export function createTried(priorityFee: Wei): TriedLately {
  const plans = new Map<string, Kept>()
  return {
    intent: (intent) => void plans.set(intent.plan, { intent, status: 'withheld', detail: 'nothing was handed over' }),
    attempt: ({ plan, status, detail }) => {
      const kept = plans.get(plan)
      if (kept === undefined || (kept.status === 'sent' && status !== 'refused')) return
      if (status !== 'sent' && status !== 'withheld' && status !== 'refused') return
      kept.status = status
      kept.detail = detail
    },
    isOurs: (hash) => [...plans.values()].some(({ intent }) => hashesOf(intent).includes(hash)),
    of: (position, block, landed) => {
      const found = [...plans.values()].filter(
        ({ intent }) => intent.block <= block && block <= intent.lastBlock && positionsIn(intent).includes(position),
      )
      const best = found.find(({ status }) => status === 'sent') ?? found[0]
      if (best === undefined) return null
      const { intent, status, detail } = best
      const landedAt = hashesOf(intent).flatMap((hash) => landed.get(hash) ?? [])[0] ?? null
      const bid = wei(priorityFee * BigInt(intent.gasUnits) - intent.sum.tip)
      return { status, detail, net: intent.sum.net, bid, gasUnits: intent.gasUnits, landedAt }
    },
    forget: (block) => {
      for (const [plan, { intent }] of plans) if (intent.lastBlock < block) plans.delete(plan)
    },
  }
}
