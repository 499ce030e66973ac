import { least, most, WAD } from '#core/numbers.ts'
import type { Segment } from '#core/opportunity.ts'
import { type Exchange, sharesFor, sharesForOne } from './liquidation.ts'
import { PRICE_SCALE, pricedAssets, pricedShares, wMulDown } from './math.ts'
import type { Blue, Loan } from './records.ts'
import type { Opening } from './standing.ts'

export const exchangeOf = (market: Blue, { price, incentive }: Opening): Exchange => ({
  totals: market,
  price,
  incentive,
})

/**
 * Shares that a pre-liquidation contract lets anybody repay: for them some collateral is taken, but not more than there
 * is, no more than the close factor allows, and what is left is healthy by Morpho's own oracle, `price`. `null` where
 * there is none. Source: PreLiquidation.preLiquidate, Morpho.withdrawCollateral.
 */
export function sharesPreTaken(market: Blue, loan: Loan, opening: Opening, price: bigint): Segment | null {
  const exchange = exchangeOf(market, opening)
  const repayable = least(loan.borrowShares, wMulDown(loan.borrowShares, opening.closeFactor))
  const segment = {
    from: sharesForOne(exchange),
    to: least(repayable, sharesFor(exchange, loan.collateral)),
  }
  return keepingHealthy(segment, market, loan, opening, price)
}

/**
 * What is left over of the line, as a straight line of the shares below the true figure, which jitters by what is rounded:
 * `rest + slope · shares ≥ 0` is enough. By the same oracle the slope is never negative, since the incentive is at most
 * 1 / lltv; by another one it may be.
 */
function keepingHealthy(segment: Segment, market: Blue, loan: Loan, opening: Opening, price: bigint): Segment | null {
  const scale = PRICE_SCALE * WAD
  const [assets, shares] = [pricedAssets(market), pricedShares(market)]
  const allowed = loan.collateral * price * market.lltv * shares
  const rest = opening.price * (allowed - scale * (loan.borrowShares * assets + rounded * shares))
  const slope = assets * (scale * opening.price - opening.incentive * market.lltv * price * WAD)
  let { from, to } = segment
  if (slope > 0n && rest < 0n) from = most(from, (-rest + slope - 1n) / slope)
  if (slope < 0n) to = rest < 0n ? 0n : least(to, rest / -slope)
  if (slope === 0n && rest < 0n) return null
  return from <= to ? { from, to } : null
}

/** The most that rounding takes off what is left: one of the debt, two of what the collateral allows. */
const rounded = 3n
