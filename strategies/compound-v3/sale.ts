import type { Segment } from '#core/opportunity.ts'
import { type Absorption, absorb } from './absorb.ts'
import { isForSale, reservesOf } from './accrued.ts'
import { acceptedInputs, salesTerms, type Terms } from './quote.ts'
import {
  type AccountPosition,
  type Asset,
  accountId,
  assetOf,
  heldOf,
  isAccount,
  isStock,
  type Sale,
  type StockPosition,
  stockId,
} from './records.ts'
import { type CometScene, type Now, priceOf } from './standing.ts'

/** A sale that can be made now, after its accounts are absorbed. */
export type Open = {
  readonly now: Now
  readonly asset: Asset
  readonly stock: StockPosition
  readonly absorption: Absorption
  readonly accounts: readonly AccountPosition[]
  readonly quote: Terms
  readonly segments: readonly Segment[]
}
export type Shut =
  | { readonly shut: 'gone' | 'healthy' | 'absorb-paused' | 'buy-paused' | 'not-for-sale' | 'nothing-to-buy' }
  | { readonly shut: 'no-price'; readonly feed: string }

/**
 * The whole sequence, as one transaction makes it: accrual and absorption first, which cost reserves; then the sale, which
 * is open while what is left of them is below the target. Without accounts nothing is accrued in the contract's storage,
 * but reserves are reckoned of the second all the same. Source: Comet.absorb, Comet.buyCollateral.
 */
export function openSale(scene: CometScene, now: Now, { asset: address, accounts }: Sale): Open | Shut {
  const asset = assetOf(now.comet, address)
  const stock = scene.book.position(stockId(now.comet.comet, address))
  const found = accounts.map((one) => scene.book.position(accountId(now.comet.comet, one))).filter(isAccount)
  if (asset === undefined || !isStock(stock) || found.length < accounts.length) return { shut: 'gone' }
  if (found.length === 0 && heldOf(stock.data) === 0n) return { shut: 'nothing-to-buy' }
  const { isAbsorbPaused, isBuyPaused } = now.totals.data
  if (found.length > 0 && isAbsorbPaused) return { shut: 'absorb-paused' }
  if (isBuyPaused) return { shut: 'buy-paused' }
  const absorption = absorb(scene, now, found)
  if ('missing' in absorption) return { shut: 'no-price', feed: absorption.missing }
  if ('healthy' in absorption) return { shut: 'healthy' }
  if (!isForSale(now.comet, reservesOf(absorption.totals))) return { shut: 'not-for-sale' }
  const held = heldOf(stock.data) + (absorption.seized.get(asset) ?? 0n)
  if (held === 0n) return { shut: 'nothing-to-buy' }
  const [basePrice, price] = [priceOf(scene, now.comet.baseFeed), priceOf(scene, asset.feed)]
  if (basePrice === null) return { shut: 'no-price', feed: now.comet.baseFeed }
  if (price === null) return { shut: 'no-price', feed: asset.feed }
  const quote = salesTerms(now.comet, asset, basePrice, price)
  const segments = quote === null ? [] : acceptedInputs(quote, held)
  if (quote === null || segments.length === 0) return { shut: 'nothing-to-buy' }
  return { now, asset, stock, absorption, accounts: found, quote, segments }
}
