import type { Market, MarketId } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import { indicesAt } from './indices-at.ts'
import { rayMulHalf } from './math.ts'
import {
  type AaveMarket,
  type Account,
  type Balance,
  type EMode,
  isBorrowing,
  isCollateral,
  isReserve,
  type Pool,
  type Reserve,
} from './records.ts'
import { type Rounding, roundings } from './rounding.ts'

export type AaveScene = Scene<AaveMarket, Account>

/** What an account has in one reserve at the scene's timestamp, in units of the asset. */
export type Holding = {
  readonly balance: Balance
  readonly market: Market<Reserve>
  readonly liquidityIndex: bigint
  readonly borrowIndex: bigint
  readonly price: bigint
  /** 0 where it is not used as collateral, or does not count. */
  readonly collateral: bigint
  /** Variable and stable together. */
  readonly debt: bigint
  readonly thresholdBps: bigint
  readonly bonusBps: bigint
  readonly collateralBase: bigint
  readonly isCollateral: boolean
  readonly isBorrowed: boolean
  /** Its parameters here are those of the account's e-mode. */
  readonly inEMode: boolean
}

/** Σ over the account, in base currency; `weighted` is Σ collateral · threshold, times bps. */
export type AccountData = {
  readonly rounding: Rounding
  readonly emode: EMode | null
  /** Where the e-mode has a price of its own, a liquidation values any debt by it. */
  readonly commonPrice: bigint | null
  readonly holdings: readonly Holding[]
  readonly collateral: bigint
  readonly debt: bigint
  readonly weighted: bigint
  /** `null`: no debt. */
  readonly healthFactor: bigint | null
}
/** Why an account cannot be judged. */
export type Unjudged =
  | { readonly missing: 'rounding' }
  | { readonly missing: 'reserve'; readonly slot: number }
  | {
      readonly missing: 'price'
      readonly feed: FeedId
    }

/**
 * The account as the pool would judge it in a transaction at the scene's timestamp.
 * Source: GenericLogic.calculateUserAccountData, 3.0 and 3.6.
 */
export function accountData(scene: AaveScene, pool: Pool, account: Account): AccountData | Unjudged {
  if (pool.rounding === null) return { missing: 'rounding' }
  const rounding = roundings[pool.rounding]
  const emode = account.emode === 0 ? null : (pool.emodes.find(({ id }) => id === account.emode) ?? null)
  const holdings: Holding[] = []
  for (const balance of account.balances) {
    const market = reserveAt(scene, pool.slots[balance.slot] ?? null)
    if (market === null) return { missing: 'reserve', slot: balance.slot }
    const found = holding(scene, market, balance, account, emode, rounding)
    if ('missing' in found) return found
    holdings.push(found)
  }
  let collateral = 0n
  let debt = 0n
  let weighted = 0n
  for (const one of holdings) {
    collateral += one.collateralBase
    weighted += one.collateralBase * one.thresholdBps
    if (one.isBorrowed) debt += rounding.debtInBase(one.debt, one.price, one.market.data.unit)
  }
  const healthFactor = debt === 0n ? null : rounding.healthFactor(collateral, weighted, debt)
  return {
    rounding,
    emode,
    commonPrice: commonPriceOf(scene, emode),
    holdings,
    collateral,
    debt,
    weighted,
    healthFactor,
  }
}

function holding(
  scene: AaveScene,
  market: Market<Reserve>,
  balance: Balance,
  account: Account,
  emode: EMode | null,
  rounding: Rounding,
): Holding | Unjudged {
  const reserve = market.data
  const inEMode = emode !== null && ((emode.collateralBitmap >> BigInt(reserve.slot)) & 1n) === 1n
  const price = priceOf(scene, reserve, inEMode ? emode : null)
  if (typeof price !== 'bigint') return price
  const indices = indicesAt(reserve, scene.block.timestamp, rounding)
  const counts =
    isCollateral(account.config, reserve.slot) && !(rounding.ignoresZeroThreshold && reserve.thresholdBps === 0n)
  const borrowed = isBorrowing(account.config, reserve.slot)
  const collateral = counts ? rounding.collateralBalance(balance.supply, indices.liquidity) : 0n
  return {
    balance,
    market,
    liquidityIndex: indices.liquidity,
    borrowIndex: indices.borrow,
    price,
    collateral,
    debt: borrowed
      ? rounding.debtBalance(balance.debt, indices.borrow) + stableDebt(balance, scene.block.timestamp, rounding)
      : 0n,
    thresholdBps: inEMode ? emode.thresholdBps : reserve.thresholdBps,
    bonusBps: inEMode ? emode.bonusBps : reserve.bonusBps,
    collateralBase: (collateral * price) / reserve.unit,
    isCollateral: counts,
    isBorrowed: borrowed,
    inEMode,
  }
}

/** Source: StableDebtToken.balanceOf, 3.0. */
function stableDebt({ stable }: Balance, timestamp: number, rounding: Rounding): bigint {
  if (stable === null) return 0n
  return rayMulHalf(stable.principal, rounding.debtGrowth(stable.rate, BigInt(Math.max(0, timestamp - stable.since))))
}

/** An e-mode's own price where it has one that answers, else the asset's; in base currency, above zero. */
function priceOf(scene: AaveScene, reserve: Reserve, emode: EMode | null): bigint | Unjudged {
  const common = commonPriceOf(scene, emode)
  if (common !== null) return common
  const own = scene.feed(reserve.feed)
  return own === null || own.value <= 0n ? { missing: 'price', feed: reserve.feed } : own.value
}

function commonPriceOf(scene: AaveScene, emode: EMode | null): bigint | null {
  const reading = emode === null || emode.feed === null ? null : scene.feed(emode.feed)
  return reading !== null && reading.value > 0n ? reading.value : null
}

export function reserveAt(scene: AaveScene, id: MarketId | null): Market<Reserve> | null {
  if (id === null) return null
  const market = scene.book.market(id)
  return isReserve(market) ? market : null
}
