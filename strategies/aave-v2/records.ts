import type { Address } from '#core/address.ts'
import { type Market, type MarketId, marketId, type Position, type PositionId, positionId } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'

export type Pool = {
  readonly kind: 'pool'
  readonly provider: Address
  readonly pool: Address
  readonly configurator: Address
  /** Whose code `liquidationCall` runs. */
  readonly manager: Address
  readonly oracle: Address
  readonly revision: number
  /** Our figures of a sample of accounts are the pool's own. */
  readonly reproduces: boolean
  readonly isPaused: boolean
  /** Reserve by slot. */
  readonly slots: readonly MarketId[]
}

export type Reserve = {
  readonly kind: 'reserve'
  readonly asset: Address
  readonly aToken: Address
  readonly variableDebtToken: Address
  readonly stableDebtToken: Address
  readonly slot: number
  readonly unit: bigint
  /** Ray; as stored at `updatedAt` (seconds), rates a year. */
  readonly liquidityIndex: bigint
  readonly variableBorrowIndex: bigint
  readonly liquidityRate: bigint
  readonly variableBorrowRate: bigint
  readonly updatedAt: number
  readonly thresholdBps: bigint
  readonly bonusBps: bigint
  readonly isActive: boolean
  /** Balances are scaled · index, as in the package's tokens; not so of rebasing assets. */
  readonly isStandard: boolean
  /** What can be paid out. */
  readonly cash: bigint
  readonly feed: FeedId
  /** Whom the oracle asks for its price; the zero address where it asks nobody. */
  readonly source: Address
}

/** `principal` grows at `rate` (ray a year) since `since` (seconds). */
export type StableDebt = { readonly principal: bigint; readonly rate: bigint; readonly since: number }
/** One for each slot the account's bitmap names. */
export type Balance = {
  readonly slot: number
  /** Scaled by the liquidity index; 0 where it is not used as collateral. */
  readonly supply: bigint
  /** Scaled by the variable borrow index. */
  readonly debt: bigint
  readonly stable: StableDebt | null
}
export type Account = {
  /** The pool's own bitmap: two bits a slot, borrowed and used as collateral. */
  readonly config: bigint
  readonly balances: readonly Balance[]
}

/** One pair of one account: what is told apart by an opportunity's id. */
export type Pair = {
  readonly user: Address
  readonly collateral: MarketId
  readonly debt: MarketId
  /** What the collateral's bonus pays beyond the debt: by it a profit is told from bad data. */
  readonly bonusBps: bigint
}

export type AaveMarket = Pool | Reserve
export type AavePosition = Position<Account>

export const poolId = (pool: Address): MarketId => marketId(pool)
export const reserveId = (pool: Address, asset: Address): MarketId => marketId(`${pool}/${asset}`)
export const accountId = (pool: Address, user: Address): PositionId => positionId(`${pool}/${user}`)
export const userOfId = (id: PositionId): Address => id.slice(-42) as Address

export const isBorrowing = (config: bigint, slot: number): boolean => ((config >> BigInt(2 * slot)) & 1n) === 1n
export const isCollateral = (config: bigint, slot: number): boolean => ((config >> BigInt(2 * slot + 1)) & 1n) === 1n
export const withoutCollateral = (config: bigint, slot: number): bigint => config & ~(1n << BigInt(2 * slot + 1))
/** Every second bit from the lowest: borrowed anything? */
const borrowMask = BigInt(`0x${'5'.repeat(64)}`)
export const borrowsAny = (config: bigint): boolean => (config & borrowMask) !== 0n

export const isPool = (market: Market<AaveMarket> | undefined): market is Market<Pool> => market?.data.kind === 'pool'
export const isReserve = (market: Market<AaveMarket> | undefined): market is Market<Reserve> =>
  market?.data.kind === 'reserve'
