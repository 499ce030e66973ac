import type { Block } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import type { Exposure, Line } from '#core/feed.ts'
import { accrued } from './accrue.ts'
import { oracleFeed } from './feeds.ts'
import { pricedAssets, pricedShares } from './math.ts'
import type { Blue, BlueMarket, BluePosition, Loan, Oracle } from './records.ts'

/** Two units for the roundings down of what collateral allows, one for the debt's up. */
const allowance = 3

/**
 * In units of the loan's asset: collateral · price · line − shares · what a share owes; one line for the market's own,
 * one for each pre-liquidation contract the loan allows, by that one's oracle. Floats, for the screen.
 */
export function exposure(book: Book<Blue, Loan>, { market, data: loan }: BluePosition): Exposure {
  const blue = book.market(market)?.data
  if (blue === undefined) return 'always'
  if (loan.borrowShares === 0n || blue.interest === 'other') return []
  const line = (oracle: Oracle, lltv: bigint): Line => ({
    allowance,
    terms: [
      { weight: (Number(loan.collateral) * Number(lltv)) / 1e54, feed: oracleFeed(oracle.at), market: null, slot: 0 },
      { weight: -Number(loan.borrowShares), feed: null, market, slot: 0 },
    ],
  })
  const earlier = blue.preLiquidations.filter(({ contract }) => loan.allows.includes(contract))
  return [line(blue.oracle, blue.lltv), ...earlier.map(({ oracle, preLltv }) => line(oracle, preLltv))]
}

/** What a share owes at the block's timestamp, in units of the loan's asset. */
export function indices(_book: Book<Blue, Loan>, { timestamp }: Block, { data }: BlueMarket): readonly number[] {
  const now = accrued(data, timestamp)
  return [Number(pricedAssets(now)) / Number(pricedShares(now))]
}
