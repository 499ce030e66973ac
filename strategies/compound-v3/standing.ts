import type { Market } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import { accrued } from './accrued.ts'
import { mulFactor, mulPrice, presentValue } from './math.ts'
import {
  type Account,
  type Asset,
  type Comet,
  type CometMarket,
  type CometRecord,
  isComet,
  isTotals,
  type Totals,
  totalsId,
} from './records.ts'

export type CometScene = Scene<CometMarket, CometRecord>
/** The Comet and its totals, accrued to the scene's second. */
export type Now = { readonly comet: Comet; readonly totals: Market<Totals> }

/** `null` where the book holds no Comet of that id. */
export function nowIn(scene: CometScene, market: Market<CometMarket> | undefined): Now | null {
  if (!isComet(market)) return null
  const totals = scene.book.market(totalsId(market.id))
  if (!isTotals(totals)) return null
  return { comet: market.data, totals: { ...totals, data: accrued(market.data, totals.data, scene.block.timestamp) } }
}

export type Seizable = {
  readonly asset: Asset
  readonly balance: bigint
  /** In the price's unit. */
  readonly value: bigint
}
/** An account as the Comet sees it; values in the price's unit. */
export type Standing = {
  /** In units of base. */
  readonly debt: bigint
  readonly basePrice: bigint
  readonly debtValue: bigint
  readonly collateral: readonly Seizable[]
  readonly collateralValue: bigint
  /** Of the collateral's value, what covers debt. */
  readonly cover: bigint
  readonly isLiquidatable: boolean
}
export type Unpriced = { readonly missing: FeedId }

/**
 * Each value is rounded down for itself. The contract stops adding collateral once the debt is covered: what is left out
 * could only add. Source: Comet.isLiquidatable.
 */
export function standingOf(scene: CometScene, { comet, totals }: Now, account: Account): Standing | Unpriced {
  const basePrice = priceOf(scene, comet.baseFeed)
  if (basePrice === null) return { missing: comet.baseFeed }
  const collateral: Seizable[] = []
  for (const { offset, balance } of account.collateral) {
    const asset = comet.assets.find((one) => one.offset === offset)
    if (asset === undefined) continue
    const price = priceOf(scene, asset.feed)
    if (price === null) return { missing: asset.feed }
    collateral.push({ asset, balance, value: mulPrice(balance, price, asset.scale) })
  }
  const debt = presentValue(account.principal, totals.data.borrowIndex)
  const debtValue = mulPrice(debt, basePrice, comet.baseScale)
  const cover = collateral.reduce(
    (sum, { asset, value }) => sum + mulFactor(value, asset.liquidateCollateralFactor),
    0n,
  )
  const collateralValue = collateral.reduce((sum, { value }) => sum + value, 0n)
  return { debt, basePrice, debtValue, collateral, collateralValue, cover, isLiquidatable: cover < debtValue }
}

/** Above zero: else the contract reverts. Source: Comet.getPrice. */
export function priceOf(scene: CometScene, feed: FeedId): bigint | null {
  const reading = scene.feed(feed)
  return reading === null || reading.value <= 0n ? null : reading.value
}
