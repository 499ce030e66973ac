import type { Block } from '#core/block.ts'
import type { Market } from '#core/book.ts'
import type { Exposure, Term } from '#core/feed.ts'
import { accrued } from './accrued.ts'
import { type CometBook, type CometMarket, type CometPosition, heldOf, isComet, isTotals, totalsId } from './records.ts'

/**
 * One line of an account, in the price's unit: Σ collateral · factor · price − debt · price · index, less what rounding
 * down may take of each collateral, twice. Of a stock none while there is nothing to sell, else always. Floats, for the
 * screen.
 */
export function exposure(book: CometBook, { market, data }: CometPosition): Exposure {
  const comet = book.market(market)
  if (!isComet(comet)) return 'always'
  if (data.kind === 'stock') return heldOf(data) > 0n ? 'always' : []
  const { baseScale, baseFeed, assets } = comet.data
  const terms: Term[] = [
    { weight: -Number(data.principal) / Number(baseScale), feed: baseFeed, market: totalsId(market), slot: 0 },
  ]
  for (const { offset, balance } of data.collateral) {
    const asset = assets.find((one) => one.offset === offset)
    if (asset === undefined) continue
    const share = Number(asset.liquidateCollateralFactor) / 1e18
    terms.push({ weight: (Number(balance) / Number(asset.scale)) * share, feed: asset.feed, market: null, slot: 0 })
  }
  return [{ terms, allowance: 2 * data.collateral.length + 1 }]
}

/** Of the totals: the borrow index at the block's second, 1 at the start. Of the Comet: none. */
export function indices(book: CometBook, block: Block, market: Market<CometMarket>): readonly number[] {
  if (!isTotals(market)) return []
  const comet = [...book.markets()].find(isComet)
  if (comet === undefined) return []
  return [Number(accrued(comet.data, market.data, block.timestamp).borrowIndex) / 1e15]
}
