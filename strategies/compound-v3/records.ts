import type { Address } from '#core/address.ts'
import {
  type Book,
  type Market,
  type MarketId,
  marketId,
  type Position,
  type PositionId,
  positionId,
} from '#core/book.ts'
import { epochOf as epoch } from '#core/epoch.ts'
import type { FeedId } from '#core/feed.ts'

/** A rate per second that bends at a utilisation; all scaled by 1e18. */
export type Kinked = {
  readonly kink: bigint
  readonly base: bigint
  readonly slopeLow: bigint
  readonly slopeHigh: bigint
}

export type Asset = {
  readonly asset: Address
  /** Its bit in the accounts' bitmaps: below 16 in `assetsIn`, the others in `_reserved`. */
  readonly offset: number
  readonly scale: bigint
  readonly feed: FeedId
  readonly priceFeed: Address
  /** Of its value, what counts as cover for a debt; 1e18 is all. */
  readonly liquidateCollateralFactor: bigint
  /** Of its value, what an absorbed account is credited. */
  readonly liquidationFactor: bigint
}

/** What governance sets: a change is another implementation behind the proxy. */
export type Comet = {
  readonly kind: 'comet'
  readonly comet: Address
  readonly base: Address
  readonly baseScale: bigint
  readonly baseFeed: FeedId
  readonly basePriceFeed: Address
  readonly supplyRate: Kinked
  readonly borrowRate: Kinked
  /** Of what liquidation takes from a borrower, the part left to buyers; 1e18 is all. */
  readonly storeFrontPriceFactor: bigint
  readonly targetReserves: bigint
  readonly assets: readonly Asset[]
}

/** What everybody's use of it moves. */
export type Totals = {
  readonly kind: 'totals'
  /** As stored at `accruedAt` (seconds). */
  readonly supplyIndex: bigint
  readonly borrowIndex: bigint
  readonly accruedAt: number
  /** Principals. */
  readonly supplied: bigint
  readonly borrowed: bigint
  /** Base token it holds. */
  readonly cash: bigint
  readonly isAbsorbPaused: boolean
  readonly isBuyPaused: boolean
}

export type Held = { readonly offset: number; readonly balance: bigint }
/** A borrower. */
export type Account = {
  readonly kind: 'account'
  /** Owed, above zero. */
  readonly principal: bigint
  /** By offset. */
  readonly collateral: readonly Held[]
}
/** Collateral on the Comet; what exceeds its users' is for sale. */
export type Stock = {
  readonly kind: 'stock'
  readonly asset: Address
  readonly balance: bigint
  readonly ofUsers: bigint
}

/** One sale, with the accounts that are absorbed first. */
export type Sale = {
  readonly asset: Address
  readonly accounts: readonly Address[]
  /** What the discount pays beyond the base token: by it a profit is told from bad data. */
  readonly bonusBps: bigint
}

export type CometMarket = Comet | Totals
export type CometRecord = Account | Stock
export type CometBook = Book<CometMarket, CometRecord>
export type CometPosition = Position<CometRecord>
export type AccountPosition = Position<Account>
export type StockPosition = Position<Stock>

export const cometId = (comet: Address): MarketId => marketId(comet)
export const totalsId = (comet: string): MarketId => marketId(`${comet}/totals`)
export const accountId = (comet: Address, account: Address): PositionId => positionId(`${comet}/${account}`)
export const stockId = (comet: Address, asset: Address): PositionId => positionId(`${comet}/stock/${asset}`)
/** Of an account's id the account, of a stock's the asset. */
export const subjectOf = (id: PositionId): Address => id.slice(-42) as Address
export const isStockId = (id: PositionId): boolean => id.includes('/stock/')

export const isComet = (market: Market<CometMarket> | undefined): market is Market<Comet> =>
  market?.data.kind === 'comet'
export const isTotals = (market: Market<CometMarket> | undefined): market is Market<Totals> =>
  market?.data.kind === 'totals'
export const isAccount = (position: CometPosition | undefined): position is AccountPosition =>
  position?.data.kind === 'account'
export const isStock = (position: CometPosition | undefined): position is StockPosition =>
  position?.data.kind === 'stock'

/** For sale: what no user owns of what is there. */
export const heldOf = ({ balance, ofUsers }: Stock): bigint => (balance > ofUsers ? balance - ofUsers : 0n)
export const assetOf = ({ assets }: Comet, asset: Address): Asset | undefined =>
  assets.find((one) => one.asset === asset)

/** The one Comet of a book: a configuration names one. */
export function cometIn(book: CometBook): Market<Comet> | undefined {
  for (const market of book.markets()) if (isComet(market)) return market
  return undefined
}

/** Of what the screen's weights hold. */
export function epochOf({ baseScale, baseFeed, assets }: Comet): number {
  const parameters = [
    ...[baseScale, baseFeed],
    ...assets.flatMap((one) => [one.offset, one.scale, one.feed, one.liquidateCollateralFactor]),
  ]
  return epoch(...parameters)
}
