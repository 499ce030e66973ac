import type { Address } from '#core/address.ts'
import { type Market, type MarketId, marketId, type Position, type PositionId, positionId } from '#core/book.ts'

/** Where a price is known before it is fetched: a Chainlink proxy, scaled up to 18 decimals. */
export type Source = {
  readonly contract: Address
  /** Its answer times this is the price. */
  readonly scale: bigint
  /** Older than so many seconds the price feed looks elsewhere; `null` where it does not look at the age. */
  readonly timeoutSeconds: number | null
}

/** The whole of a deployment; amounts in wei of the collateral and in units of the debt token, both of 18 decimals. */
export type System = {
  readonly manager: Address
  readonly symbol: string
  readonly borrowerOperations: Address
  readonly activePool: Address
  readonly defaultPool: Address
  readonly stabilityPool: Address
  readonly priceFeed: Address
  readonly debtToken: Address
  /** Who answers for the share of the collateral that a liquidator gets: the manager, or the fork's parameters. */
  readonly parameters: Address
  readonly source: Source | null
  /** Its rules were proven against contracts: see `readSystem`. */
  readonly isProven: boolean
  /** Paid to the liquidator for each trove, in the debt token. */
  readonly reserve: bigint
  readonly activeColl: bigint
  readonly activeDebt: bigint
  readonly defaultColl: bigint
  readonly defaultDebt: bigint
  /** In the stability pool. */
  readonly deposits: bigint
  /** Redistributed to a unit of stake since the beginning, times 1e18. */
  readonly collPerStake: bigint
  readonly debtPerStake: bigint
  /** Left over by the last redistribution's divisions, times 1e18. */
  readonly collError: bigint
  readonly debtError: bigint
  readonly totalStakes: bigint
  readonly stakesSnapshot: bigint
  readonly collSnapshot: bigint
  /** Open troves: the last one cannot be liquidated. */
  readonly troves: bigint
}

/** As stored: what was redistributed to it since its snapshots is not in `coll` and `debt`. */
export type Trove = {
  readonly coll: bigint
  readonly debt: bigint
  readonly stake: bigint
  readonly collSnapshot: bigint
  readonly debtSnapshot: bigint
}

/** Troves of one call, in the order in which they are named. */
export type Batch = { readonly troves: readonly Address[] }

export type SystemMarket = Market<System>
export type TrovePosition = Position<Trove>

export const systemId = (manager: Address): MarketId => marketId(manager)
export const troveId = (manager: Address, owner: Address): PositionId => positionId(`${manager}/${owner}`)
export const ownerOfId = (id: PositionId): Address => id.slice(-42) as Address
