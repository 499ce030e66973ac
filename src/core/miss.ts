import type { Address, Hex } from './address.ts'
import type { Wei } from './numbers.ts'
import type { SkipReason } from './plan.ts'
import type { Outcome } from './receipt.ts'

/** Why a liquidation went to somebody else. Each has a row in `docs/misses.md`. */
export type MissReason =
  | 'market-untracked'
  | 'position-unknown'
  | 'seen-late'
  | 'overlooked'
  | 'judged-unprofitable'
  | 'no-way'
  | 'judged-closed'
  | 'held-back'
  | 'guard-open'
  | 'not-sent'
  | 'outbid'
  | 'not-included'

/** Who won, and what the place in the block cost; both in wei, never negative. */
export type Winner = {
  readonly from: Address
  readonly to: Address | null
  readonly gasUsed: bigint
  /** That at the block's base fee: what nobody is paid. */
  readonly gas: Wei
  /** Priority fee and payments to the block's beneficiary, of the whole transaction. */
  readonly tip: Wei
  /** False where payments by contracts could not be looked for: the tip is at least that. */
  readonly isTipWhole: boolean
}

/** A liquidation someone else won: what we knew, and why we did not. */
export type Miss = {
  readonly outcome: Outcome
  readonly strategy: string
  readonly block: number
  readonly blockHash: Hex
  readonly why: MissReason
  /** More closely: the skip reason, or what became of our own attempt. */
  readonly because: SkipReason | 'dry-run' | 'withheld' | 'refused' | 'unsent' | 'sent' | 'behind-ours' | null
  readonly detail: string
  /** The first block for which it was known to be below the line, without a break since; `null`: it was not. */
  readonly since: number | null
  /** How many blocks after the winner's we could have acted first; `null` where it was not too late that made us miss. */
  readonly lateBlocks: number | null
  /**
   * What we foresaw for that block. `net`: left of this position, its part of a plan of several. `bid`: what the whole
   * transaction would have paid for its place, and `gasUnits` what it would have used.
   */
  readonly ours: { readonly net: Wei; readonly bid: Wei; readonly gasUnits: number } | null
  readonly winner: Winner
  /** What the winner was left with after gas and tip, at the exit prices of our own plan; `null` without one. */
  readonly winnerNet: Wei | null
  /** How much more our transaction would have had to bid to pay as much for each gas, rounded down, where both bid. */
  readonly outbidBy: Wei | null
}
