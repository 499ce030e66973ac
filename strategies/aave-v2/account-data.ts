import type { Address } from '#core/address.ts'
import type { Market, MarketId } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import { type Indices, indicesAt } from './indices-at.ts'
import { compoundGrowth } from './interest.ts'
import { percentMul, rayMul, wadDiv } from './math.ts'
import {
  type AaveMarket,
  type Account,
  type Balance,
  isBorrowing,
  isCollateral,
  isReserve,
  type Pool,
  type Reserve,
} from './records.ts'

export type AaveScene = Scene<AaveMarket, Account>

/** What an account has in one reserve at the scene's timestamp, in units of the asset; prices in wei a token. */
export type Holding = {
  readonly balance: Balance
  readonly market: Market<Reserve>
  readonly indices: Indices
  readonly price: bigint
  /** 0 where it is not used as collateral, or does not count. */
  readonly collateral: bigint
  readonly variableDebt: bigint
  readonly stableDebt: bigint
  readonly isCollateral: boolean
  readonly isBorrowed: boolean
}

/** Σ over the account, in wei of native currency; threshold averaged, in bps. */
export type AccountData = {
  readonly holdings: readonly Holding[]
  readonly collateral: bigint
  readonly debt: bigint
  readonly thresholdBps: bigint
  /** `null`: no debt. */
  readonly healthFactor: bigint | null
}
/** Why an account cannot be judged. */
export type Unjudged =
  | { readonly missing: 'reserve'; readonly slot: number }
  | { readonly missing: 'price'; readonly feed: FeedId }
  | { readonly missing: 'rules'; readonly asset: Address }

/**
 * The account as the pool would judge it in a transaction at the scene's timestamp.
 * Source: GenericLogic.calculateUserAccountData.
 */
export function accountData(scene: AaveScene, pool: Pool, account: Account): AccountData | Unjudged {
  const holdings: Holding[] = []
  let collateral = 0n
  let debt = 0n
  let weighted = 0n
  for (const balance of account.balances) {
    const market = reserveAt(scene, pool.slots[balance.slot])
    if (market === null) return { missing: 'reserve', slot: balance.slot }
    const { unit, thresholdBps, feed, asset, isStandard } = market.data
    const price = scene.feed(feed)?.value ?? 0n
    if (price <= 0n) return { missing: 'price', feed }
    if (!isStandard) return { missing: 'rules', asset }
    const one = holding(market, balance, account.config, price, scene.block.timestamp)
    const worth = (one.collateral * price) / unit
    collateral += worth
    weighted += worth * thresholdBps
    debt += ((one.variableDebt + one.stableDebt) * price) / unit
    holdings.push(one)
  }
  const thresholdBps = collateral === 0n ? 0n : weighted / collateral
  const healthFactor = debt === 0n ? null : wadDiv(percentMul(collateral, thresholdBps), debt)
  return { holdings, collateral, debt, thresholdBps, healthFactor }
}

function holding(market: Market<Reserve>, balance: Balance, config: bigint, price: bigint, timestamp: number): Holding {
  const { slot, thresholdBps } = market.data
  const indices = indicesAt(market.data, timestamp)
  const counts = isCollateral(config, slot) && thresholdBps !== 0n
  const isBorrowed = isBorrowing(config, slot)
  return {
    balance,
    market,
    indices,
    price,
    collateral: counts ? rayMul(balance.supply, indices.liquidity) : 0n,
    variableDebt: isBorrowed ? rayMul(balance.debt, indices.borrow) : 0n,
    stableDebt: isBorrowed ? stableDebtAt(balance, timestamp) : 0n,
    isCollateral: counts,
    isBorrowed,
  }
}

/** Source: StableDebtToken.balanceOf. */
function stableDebtAt({ stable }: Balance, timestamp: number): bigint {
  if (stable === null) return 0n
  return rayMul(stable.principal, compoundGrowth(stable.rate, BigInt(timestamp - stable.since)))
}

export function reserveAt(scene: AaveScene, id: MarketId | undefined): Market<Reserve> | null {
  if (id === undefined) return null
  const market = scene.book.market(id)
  return isReserve(market) ? market : null
}
