import type { Address, Asset, Hex } from '#core/address.ts'
import type { Wei } from '#core/numbers.ts'
import type { Flow } from '#core/opportunity.ts'
import type { SkipReason, Sum } from '#core/plan.ts'
import type { Trigger } from '#core/scene.ts'
import type { ForeseenLeg } from '../execution/intent.ts'
import type { Range } from './history-world.ts'

/** `committed`: only what blocks show. `hinted`: as if oracle updates had been seen before their block. */
export type Tier = 'committed' | 'hinted'

/** A plan as it would have left; sums in wei, costs negative. */
export type Planned = {
  readonly id: string
  readonly strategy: string
  readonly trigger: Trigger
  readonly positions: readonly string[]
  readonly sum: Sum
  readonly gasUnits: number
  readonly shape: string
  /** Tip and priority fee: what the place in the block is bid for. */
  readonly bid: Wei
  readonly legs: readonly ForeseenLeg[]
  readonly repaid: readonly (Flow | null)[]
  readonly seized: readonly (Flow | null)[]
}

/** What was said of a position for one block, by a keeper that rests on the block before. */
export type Said = {
  readonly said: 'act' | SkipReason
  readonly detail: string
  readonly plan: Planned | null
}

/** A plan that would have been sent for one block. */
export type Act = {
  readonly block: number
  readonly timestamp: number
  readonly tier: Tier
  /** The transactions it follows, in the order of the block; none: the top of the block. */
  readonly behind: readonly Hex[]
  /** Where the last of these stands in its block; -1 at the top. */
  readonly place: number
  /** Of the block it was computed for: the second and the base fee in wei that were foreseen. */
  readonly foreseen: { readonly timestamp: number; readonly baseFee: Wei }
  /** What its swaps lose against the pools' first prices, their fees among it. */
  readonly impact: Wei
  readonly plan: Planned
  /** Calldata of the executor's `execute`. */
  readonly data: Hex
  readonly gasLimit: number
}

/** Blocks for which something was said of a position, without a break. */
export type Below = { readonly position: string; readonly strategy: string; readonly from: number; readonly to: number }

/** Signed amounts: what came in, less what went out. */
export type NetFlow = { readonly asset: Asset; readonly amount: bigint }

/** Who liquidated, and what it came to: all of one transaction, which may hold several liquidations. */
export type Winner = {
  readonly transactionHash: Hex
  readonly transactionIndex: number
  readonly from: Address
  readonly to: Address | null
  /** Liquidations in it. */
  readonly liquidations: number
  readonly gasUsed: number
  readonly baseFee: Wei
  /** Priority fees, and what was paid to the block's beneficiary where that can be seen. */
  readonly bid: Wei
  readonly isBidWhole: boolean
  readonly flows: readonly NetFlow[]
  /** Its flows at the pools' first prices before the block, before gas and bid; `null` where a token has no pool. */
  readonly gain: Wei | null
  /** What it traded, by pool. */
  readonly legs: readonly ForeseenLeg[]
}

/** Solved again at the winner's own pre-state, for the winner's positions alone. */
export type Solved = { readonly plan: Planned | null; readonly reason: string | null; readonly detail: string }

/** One liquidation on the chain, whoever made it. */
export type Taken = {
  readonly block: number
  readonly timestamp: number
  readonly logIndex: number
  readonly strategy: string
  readonly kind: string
  readonly market: string
  readonly position: string
  readonly isMarketKnown: boolean
  readonly isPositionKnown: boolean
  /**
   * Whether the protocol itself called it liquidatable before the block's first transaction; `null`: not known, or
   * something was said of it.
   */
  readonly wasLiquidatable: boolean | null
  readonly by: Address | null
  readonly isOwn: boolean
  readonly repaid: Flow | null
  readonly seized: readonly Flow[]
  readonly badDebt: bigint
  readonly winner: Winner
  /** What was said of it for that block, by each tier. */
  readonly committed: Said | null
  readonly hinted: Said | null
  readonly solved: Solved
}

/** All that a chunk of blocks has to say. What its blocks hold of a world without us is never mixed with our acts. */
export type ChunkOutput = {
  readonly range: Range
  readonly positions: number
  /** Of the book at the end. */
  readonly tokens: readonly Address[]
  readonly acts: readonly Act[]
  readonly taken: readonly Taken[]
  /** Some of the plans left as unprofitable, drawn at random: to be forced, and seen to lose. */
  readonly left: readonly Act[]
  readonly below: readonly Below[]
  /** How often each reason was the last word on a position in a block. */
  readonly reasons: Readonly<Record<string, number>>
  readonly faults: readonly string[]
}
