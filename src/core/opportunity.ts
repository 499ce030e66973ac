import type { Address, Asset } from './address.ts'
import type { MarketId, Patch, PositionId } from './book.ts'
import type { Amount } from './numbers.ts'
import type { Rec } from './plain.ts'

/** A closed integer segment: `from ≤ to`. */
export type Segment = { readonly from: bigint; readonly to: bigint }
/**
 * Sorted, disjoint, never empty. The native input goes by its name in the protocol (`debtToCover`, `lot`);
 * `null` where there is none to choose.
 */
export type FeasibleSet = { readonly input: string; readonly segments: readonly Segment[] } | null
/** `before`: flash loan. `callback`: protocol calls, then takes. `at-end`: debt taken over, repaid by our own call. */
export type Capital = 'before' | 'callback' | 'at-end' | 'none'

/** What could be done in a scene. */
export type Opportunity<O extends Rec = Rec> = {
  /** Same case, same id; two with a position in common exclude each other until re-assessed. */
  readonly id: string
  /** The act, as a bounded label: `liquidate`, `absorb-buy`, `bark`, `take`, `redo`, … */
  readonly kind: string
  readonly market: MarketId
  readonly positions: readonly PositionId[]
  /** `spender` is who takes it and is approved, exactly, for it. */
  readonly pays: { readonly asset: Asset; readonly spender: Address } | null
  readonly gets: readonly Asset[]
  readonly capital: Capital
  readonly feasible: FeasibleSet
  readonly data: O
}

/** A protocol's own gate; one that fits no name is `gated`, with its words in `detail`. */
export type GateReason =
  | 'paused'
  | 'grace-period'
  | 'reserve-lacks-cash'
  | 'feed-reverts'
  | 'sequencer-down'
  | 'cool-off'
  | 'not-for-sale'
  | 'unproven-revision'
  | 'gated'
/** Below the line, but the protocol lets nobody act now. */
export type Blocked = { readonly position: PositionId; readonly reason: GateReason; readonly detail: string }

export type Flow = { readonly asset: Asset; readonly amount: Amount }

/** For an opportunity and an input, to the wei. */
export type Terms<M extends Rec = Rec, P extends Rec = Rec> = {
  /** After clamping. */
  readonly repay: Amount
  /** As the protocol hands it over (a cToken, a vault share), its fees taken: unwrapping is an exit's. */
  readonly seized: readonly Flow[]
  readonly rewards: readonly Flow[]
  readonly badDebt: Amount
  /** Branches taken (`bad-debt`, `e-mode`): labels of the journal, and part of the plan's gas shape. */
  readonly tags: readonly string[]
  /** What it needs beyond a usual act's gas, before any was measured: a batch's accounts beyond the first. */
  readonly moreGas?: number
  readonly after: readonly Patch<M, P>[]
}

export const isBlocked = (found: Opportunity | Blocked): found is Blocked => 'reason' in found
