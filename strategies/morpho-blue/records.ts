import type { Address } from '#core/address.ts'
import { type Market, type MarketId, type Position, type PositionId, positionId } from '#core/book.ts'
import type { Scene } from '#core/scene.ts'

/** What the standard oracle multiplies and divides; the zero address is left out of the lists, or `null`. */
export type Parts = {
  readonly baseVault: Address | null
  readonly baseSample: bigint
  readonly baseFeeds: readonly Address[]
  readonly quoteVault: Address | null
  readonly quoteSample: bigint
  readonly quoteFeeds: readonly Address[]
  readonly scale: bigint
}

/** `parts` is `null` where the oracle is not of the standard kind, or was not looked at yet: then it is asked. */
export type Oracle = { readonly at: Address; readonly parts: Parts | null }

/** A pre-liquidation contract; immutable but for what is known of its oracle. Factors are wad: at `preLltv`, at the market's own line. */
export type PreLiquidation = {
  readonly contract: Address
  readonly preLltv: bigint
  readonly closeFactors: readonly [bigint, bigint]
  readonly incentives: readonly [bigint, bigint]
  readonly oracle: Oracle
}

export type Blue = {
  readonly loan: Address
  readonly collateral: Address
  readonly oracle: Oracle
  readonly irm: Address
  /** `other`: a model that is not computed here, so nothing of the market is kept or judged. */
  readonly interest: 'adaptive' | 'none' | 'other'
  /** Wad. */
  readonly lltv: bigint
  readonly totalSupplyAssets: bigint
  readonly totalSupplyShares: bigint
  readonly totalBorrowAssets: bigint
  readonly totalBorrowShares: bigint
  /** Wad. */
  readonly fee: bigint
  /** Second of the totals; 0 where no interest is taken. */
  readonly updatedAt: number
  /** A second, wad; 0 where no interest is taken. */
  readonly rateAtTarget: bigint
  /** By address. */
  readonly preLiquidations: readonly PreLiquidation[]
}

export type Loan = {
  readonly collateral: bigint
  readonly borrowShares: bigint
  /** Pre-liquidation contracts of its market that its owner has authorised, by address. */
  readonly allows: readonly Address[]
}

/** One way to liquidate a loan: what is chosen, and through which pre-liquidation contract, if any. */
export type Way = {
  readonly borrower: Address
  readonly by: 'repaidShares' | 'seizedAssets'
  readonly through: Address | null
  /** What the incentive pays beyond the debt: by it a profit is told from bad data. */
  readonly bonusBps: bigint
}

export type BlueMarket = Market<Blue>
export type BluePosition = Position<Loan>
export type BlueScene = Scene<Blue, Loan>

export const loanId = (market: MarketId, borrower: Address): PositionId => positionId(`${market}/${borrower}`)
export const marketOfLoan = (id: PositionId): MarketId => id.slice(0, 66) as string as MarketId
export const borrowerOfLoan = (id: PositionId): Address => id.slice(-42) as Address

/** Nothing of it is left to keep. */
export const isEmpty = ({ collateral, borrowShares }: Loan): boolean => collateral === 0n && borrowShares === 0n

export const byAddress = <T>(of: readonly T[], at: (one: T) => Address): readonly T[] =>
  [...of].sort((a, b) => (at(a) < at(b) ? -1 : 1))
