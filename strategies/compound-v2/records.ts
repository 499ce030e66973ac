import type { Address, Asset } from '#core/address.ts'
import { type Market, type MarketId, marketId, type Position, type PositionId, positionId } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'

/** Told apart by what their comptrollers answer: see `read-hub.ts`. */
export type Family = 'compound' | 'venus-core' | 'venus-isolated'
/** What interest is counted in. */
export type Clock = 'block' | 'second'

/** An e-mode of Venus core. */
export type Pool = { readonly id: number; readonly isActive: boolean; readonly fallsBack: boolean }

/** The comptroller. Factors are wad. */
export type Hub = {
  readonly kind: 'hub'
  readonly family: Family
  readonly proven: boolean
  readonly comptroller: Address
  readonly oracle: Address
  readonly clock: Clock
  readonly closeFactor: bigint
  /** Usd wad; up to it an account is liquidated whole, or healed. 0 where there is no such rule. */
  readonly smallCollateral: bigint
  /** Venus core: who alone may liquidate, and its share of the bonus, wad. */
  readonly liquidator: Address | null
  readonly treasuryShare: bigint
  readonly vai: Address | null
  readonly isPaused: boolean
  readonly pools: readonly Pool[]
}

/** By pool: 0 is the core pool, and the only one of most forks. Wad. */
export type Factors = {
  readonly pool: number
  readonly isListed: boolean
  readonly threshold: bigint
  readonly incentive: bigint
}

/** A market as it is stored at `accruedAt`, a block or a second by the clock. Amounts in units of the underlying, factors wad. */
export type CToken = {
  readonly kind: 'cToken'
  readonly comptroller: Address
  readonly cToken: Address
  readonly underlying: Asset
  readonly feed: FeedId
  /** The feed behind the oracle, where it is found, and what its answer times is the price; `null` and 0 where not. */
  readonly source: Address | null
  readonly scale: bigint
  readonly clock: Clock
  readonly accruedAt: number
  /** Wad, for each block or second from now on. */
  readonly rate: bigint
  readonly borrowIndex: bigint
  readonly borrows: bigint
  readonly reserves: bigint
  /** Of cTokens. */
  readonly supply: bigint
  readonly cash: bigint
  readonly badDebt: bigint
  /** Exchange rate while nothing is supplied, else 0. */
  readonly initialRate: bigint
  /** Venus: reserves are paid out while accruing, when so many blocks or seconds have passed since. */
  readonly reducedAt: number
  readonly reduceEvery: number | null
  readonly reserveFactor: bigint
  readonly rateModel: Address
  readonly factors: readonly Factors[]
  /** Share of what is seized that the protocol keeps. */
  readonly seizeShare: bigint
  /** Its debts can be liquidated without a shortfall. */
  readonly isForced: boolean
  readonly pausesLiquidation: boolean
  readonly pausesRepayment: boolean
  readonly pausesSeizure: boolean
  readonly pausesTransfer: boolean
  readonly pausesRedemption: boolean
}

/** In one market that the account has entered. */
export type Holding = {
  readonly market: MarketId
  readonly tokens: bigint
  /** What was owed when the debt last moved, and the market's index then; 0 and 0 where nothing is owed. */
  readonly principal: bigint
  readonly index: bigint
  /** This borrower's debt here can be liquidated without a shortfall. */
  readonly isForced: boolean
}
export type Account = {
  /** The e-mode chosen; 0 is none. */
  readonly pool: number
  /** Only liquidators named for it may touch it. */
  readonly isRestricted: boolean
  /** VAI minted against it. */
  readonly vai: bigint
  /** By market. */
  readonly holdings: readonly Holding[]
}

/** What is told apart by an opportunity's id. */
export type Case = {
  readonly how: 'liquidateBorrow' | 'liquidateAccount' | 'healAccount'
  readonly borrower: Address
  readonly debt: MarketId
  readonly collaterals: readonly MarketId[]
  /** `liquidateAccount`: what each collateral repays; else empty. */
  readonly repays: readonly bigint[]
  /** Markets to accrue first: by their stored indices nobody could be liquidated. */
  readonly accrue: readonly MarketId[]
  readonly bonusBps: bigint
}

export type CompoundMarket = Hub | CToken
export type CompoundPosition = Position<Account>

export const hubId = (comptroller: Address): MarketId => marketId(comptroller)
export const tokenId = (cToken: Address): MarketId => marketId(cToken)
export const accountId = (comptroller: Address, user: Address): PositionId => positionId(`${comptroller}/${user}`)
export const userOfId = (id: PositionId): Address => id.slice(-42) as Address

export const isHub = (market: Market<CompoundMarket> | undefined): market is Market<Hub> => market?.data.kind === 'hub'
export const isCToken = (market: Market<CompoundMarket> | undefined): market is Market<CToken> =>
  market?.data.kind === 'cToken'

export const noAccount: Account = { pool: 0, isRestricted: false, vai: 0n, holdings: [] }
export const noHolding = (market: MarketId): Holding => ({
  market,
  tokens: 0n,
  principal: 0n,
  index: 0n,
  isForced: false,
})

/** Holdings with one put in its place, by market. */
export const withHolding = (holdings: readonly Holding[], one: Holding): readonly Holding[] =>
  [...holdings.filter(({ market }) => market !== one.market), one].sort((a, b) => (a.market < b.market ? -1 : 1))
