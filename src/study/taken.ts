import type { Address } from '#core/address.ts'
import type { Winner } from '#core/miss.ts'
import type { Outcome } from '#core/receipt.ts'

/** One liquidation of the range, by whoever won it. */
export type Taken = {
  /** The module's key: `strategy/aave-v3:mainnet`. */
  readonly key: string
  readonly strategy: string
  readonly outcome: Outcome
  readonly block: number
  readonly paid: Winner
  /** Who is told as the liquidator; else the contract called; else who signed. */
  readonly winner: Address
  /** Its market is in the book of the range's end. */
  readonly isFollowed: boolean
  /** It lay behind an oracle's answer of its own block: such places go to whoever pays most. */
  readonly isBehindUpdate: boolean
}
