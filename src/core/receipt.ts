import type { Address, Hex } from './address.ts'
import type { MarketId, PositionId } from './book.ts'
import type { Amount } from './numbers.ts'
import type { Flow } from './opportunity.ts'
import type { Sum } from './plan.ts'

/** One liquidation as the chain tells it. Assets are absent where the market is not in the book. */
export type Outcome = {
  readonly kind: string
  readonly market: MarketId
  readonly position: PositionId
  readonly by: Address | null
  readonly transactionHash: Hex
  readonly logIndex: number
  readonly repaid: Flow | null
  readonly seized: readonly Flow[]
  readonly badDebt: Amount
}

/** What the chain says of a plan. */
export type Receipt = {
  readonly plan: string
  readonly transactionHash: Hex
  readonly block: number
  readonly status: 'included' | 'reverted' | 'dropped'
  readonly outcomes: readonly Outcome[]
  readonly actual: Sum
}
