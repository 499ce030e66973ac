import type { Address } from '#core/address.ts'
import { type Market, type MarketId, marketId, type Position, type PositionId, positionId } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { RoundingName } from './rounding.ts'

/** `collateralBitmap` has a bit per slot; on 3.0 it is made from the reserves' own category numbers. */
export type EMode = {
  readonly id: number
  readonly thresholdBps: bigint
  readonly bonusBps: bigint
  readonly collateralBitmap: bigint
  /** 3.0 only: one price for every asset of the category. */
  readonly feed: FeedId | null
  readonly priceSource: Address | null
}

export type Pool = {
  readonly kind: 'pool'
  readonly provider: Address
  readonly pool: Address
  readonly configurator: Address
  readonly oracle: Address
  readonly sentinel: Address | null
  readonly revision: number
  /** `null` until one reproduces the pool's own figures: then nothing is judged. */
  readonly rounding: RoundingName | null
  readonly proven: boolean
  /** Reserve by slot, `null` where one was dropped. */
  readonly slots: readonly (MarketId | null)[]
  readonly emodes: readonly EMode[]
}

export type Reserve = {
  readonly kind: 'reserve'
  readonly asset: Address
  readonly aToken: Address
  readonly variableDebtToken: Address
  readonly stableDebtToken: Address | null
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
  readonly feeBps: bigint
  readonly isActive: boolean
  readonly isFrozen: boolean
  readonly isPaused: boolean
  readonly graceUntil: number
  /** What can be paid out: the virtual balance from 3.1 on, the aToken's own before. */
  readonly cash: bigint
  readonly feed: FeedId
  /** Whom the oracle asks for its price; the zero address where it asks nobody. */
  readonly source: Address
}

/** Stable-rate debt (3.0 and 3.1): `principal` grows at `rate` since `since`. */
export type StableDebt = { readonly principal: bigint; readonly rate: bigint; readonly since: number }
export type Balance = {
  readonly slot: number
  /** Scaled by the liquidity index; 0 where it is not used as collateral. */
  readonly supply: bigint
  /** Scaled by the variable borrow index. */
  readonly debt: bigint
  readonly stable: StableDebt | null
}
export type Account = {
  readonly emode: number
  /** The pool's own bitmap: two bits a slot, borrowed and used as collateral. */
  readonly config: bigint
  readonly balances: readonly Balance[]
}

/** One pair of one account: what is told apart by an opportunity's id. */
export type Pair = {
  readonly user: Address
  readonly collateral: MarketId
  readonly debt: MarketId
  /** Inputs from here on take all there is to take: sent as the largest integer. `null` where none does. */
  readonly wholeFrom: bigint | null
  /** What the collateral's bonus pays beyond the debt: by it a profit is told from bad data. */
  readonly bonusBps: bigint
}

export type AaveMarket = Pool | Reserve

export const poolId = (pool: Address): MarketId => marketId(pool)
export const reserveId = (pool: Address, asset: Address): MarketId => marketId(`${pool}/${asset}`)
export const accountId = (pool: Address, user: Address): PositionId => positionId(`${pool}/${user}`)
export const userOfId = (id: PositionId): Address => id.slice(-42) as Address

export const isBorrowing = (config: bigint, slot: number): boolean => ((config >> BigInt(2 * slot)) & 1n) === 1n
export const isCollateral = (config: bigint, slot: number): boolean => ((config >> BigInt(2 * slot + 1)) & 1n) === 1n
export const withoutBorrowing = (config: bigint, slot: number): bigint => config & ~(1n << BigInt(2 * slot))
export const withoutCollateral = (config: bigint, slot: number): bigint => config & ~(1n << BigInt(2 * slot + 1))
/** Every second bit from the lowest: borrowed anything? */
const borrowMask = BigInt(`0x${'5'.repeat(64)}`)
export const borrowsAny = (config: bigint): boolean => (config & borrowMask) !== 0n

export const isPool = (market: Market<AaveMarket> | undefined): market is Market<Pool> => market?.data.kind === 'pool'
export const isReserve = (market: Market<AaveMarket> | undefined): market is Market<Reserve> =>
  market?.data.kind === 'reserve'
export type AavePosition = Position<Account>
