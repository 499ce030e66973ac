import type { Address, Asset, Hex } from '#core/address.ts'
import { checksummed, isAddress } from '#core/address.ts'
import type { Plan, StepWorth, Sum } from '#core/plan.ts'
import type { Trigger } from '#core/scene.ts'
import type { Submission } from '#core/world.ts'
import { largestInput } from './tags.ts'

export type Via = Submission['via']

/** One liquidation as the keeper foresees it, in smallest units. */
export type Foreseen = {
  readonly position: string
  /** The others that a batch takes with it; absent where it is one alone. */
  readonly also?: readonly string[]
  readonly owner: string | null
  readonly market: string
  readonly kind: string
  readonly debt: string | null
  readonly repay: bigint
  readonly collateral: string | null
  readonly seize: bigint
  readonly badDebt: bigint
  readonly input: bigint | null
  /** The largest input the protocol would have taken: less was chosen because the exit would not pay for more. */
  readonly limit: bigint | null
  readonly tags: readonly string[]
  /** Absent in journals of before it was kept. */
  readonly worth?: StepWorth
  /** By which `TryFailed` names it, where it may fail alone. */
  readonly attempt?: Hex
}
export type ForeseenLeg = {
  readonly venue: string
  readonly pool: string
  /** Where another contract than the pool pays. */
  readonly paidBy?: string
  readonly sell: string
  readonly sold: bigint
  readonly buy: string
  readonly bought: bigint
}

/** What differs where several transactions share one nonce: another route, another size. Only one of them can land. */
export type Variant = Pick<Intent, 'hash' | 'tags' | 'shape' | 'steps' | 'legs' | 'funding' | 'sum' | 'gasUnits'>

/**
 * What is sent. Durable before the first byte leaves where there is time to simulate; else right behind it, and before it
 * a reservation of its lane, nonce and positions (`docs/decisions/0010`): a restart knows what may be out there.
 */
export type Intent = {
  readonly plan: string
  readonly strategy: string
  readonly trigger: Trigger
  readonly tags: readonly string[]
  readonly shape: string
  readonly via: Via
  readonly lane: string
  readonly nonce: number
  readonly hash: Hex
  /** Exact at this block and timestamp only. */
  readonly block: number
  readonly timestamp: number
  readonly lastBlock: number
  readonly head: Hex
  readonly steps: readonly Foreseen[]
  readonly legs: readonly ForeseenLeg[]
  readonly funding: readonly {
    readonly source: string
    readonly asset: string
    readonly amount: bigint
    readonly fee: bigint
  }[]
  readonly sum: Sum
  readonly gasUnits: number
  /** Requests made to the node while this was computed: none, or it did not come from memory. */
  readonly readsWhileDeciding: number
  /** Beside the one described here. */
  readonly variants: readonly Variant[]
}

/** How an attempt went on. The last one of a plan is its fate. */
export type AttemptEvent = {
  readonly plan: string
  readonly status: 'sent' | 'refused' | 'withheld' | 'included' | 'reverted' | 'dropped' | 'unwound' | 'final'
  readonly block: number
  readonly detail: string
  /** From the trigger's arrival to when the bytes were handed over, on the monotonic clock; with the first `sent`. */
  readonly triggerToSendNs?: bigint
}

/** Every transaction that may land for it. */
export const hashesOf = ({ hash, variants }: Intent): readonly Hex[] => [hash, ...variants.map((one) => one.hash)]

/** As what landed has it: the variant of that hash takes the first one's place. */
export function landedAs(intent: Intent, hash: Hex): Intent {
  const variant = intent.variants.find((one) => one.hash === hash)
  return variant === undefined ? intent : { ...intent, ...variant }
}

export const positionsOf = ({ position, also = [] }: Foreseen): readonly string[] => [position, ...also]

/** Whom it acts on, whichever variant lands. */
export const positionsIn = ({ steps, variants }: Pick<Intent, 'steps' | 'variants'>): readonly string[] => [
  ...new Set([...steps, ...variants.flatMap((one) => one.steps)].flatMap(positionsOf)),
]

export const isFinal = (status: AttemptEvent['status']): boolean => status !== 'sent' && status !== 'unwound'

const shown = (asset: Asset | undefined | null): string | null =>
  asset === undefined || asset === null ? null : asset === 'native' ? asset : checksummed(asset)

export const foreseenSteps = (plan: Plan, ownerOf: (position: string) => Address | null): readonly Foreseen[] =>
  plan.steps.map(({ opportunity, input, terms }, at) => {
    const [position = '', ...also] = opportunity.positions
    return {
      position,
      ...(also.length === 0 ? {} : { also }),
      owner: shown(ownerOf(position)),
      market: opportunity.market,
      kind: opportunity.kind,
      debt: shown(opportunity.pays?.asset),
      repay: terms.repay,
      collateral: shown(terms.seized[0]?.asset),
      seize: terms.seized[0]?.amount ?? 0n,
      badDebt: terms.badDebt,
      input,
      limit: largestInput(plan, at),
      tags: terms.tags,
    }
  })

export const foreseenLegs = (plan: Plan): readonly ForeseenLeg[] =>
  plan.legs.map(({ venue, pool, paidBy, sell, buy }) => ({
    venue,
    // Pools that one contract holds go by a hash.
    pool: isAddress(pool) ? checksummed(pool) : pool,
    ...(paidBy === undefined ? {} : { paidBy: checksummed(paidBy) }),
    sell: shown(sell.asset) ?? '',
    sold: sell.amount,
    buy: shown(buy.asset) ?? '',
    bought: buy.amount,
  }))
