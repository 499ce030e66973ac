import { least, mulDivDown, mulDivUp, WAD } from '#core/numbers.ts'
import type { Segment } from '#core/opportunity.ts'
import {
  PRICE_SCALE,
  pricedAssets,
  pricedShares,
  type Totals,
  toAssetsDown,
  toAssetsUp,
  toSharesUp,
  wDivDown,
  wDivUp,
  wMulDown,
} from './math.ts'
import type { Blue, Loan } from './records.ts'

const incentiveMost = (115n * WAD) / 100n
const cursor = (3n * WAD) / 10n

/** What the collateral taken is worth of the debt repaid, wad; by the market's line alone. Source: Morpho.liquidate. */
export const incentiveOf = (lltv: bigint): bigint =>
  least(incentiveMost, wDivDown(WAD, WAD - wMulDown(cursor, WAD - lltv)))

/** By what a call turns debt into collateral. */
export type Exchange = { readonly totals: Totals; readonly price: bigint; readonly incentive: bigint }
/** What one call takes from a loan. */
export type Taken = { readonly shares: bigint; readonly repay: bigint; readonly seize: bigint }

/** What goes for so many shares, at a price above 0. */
export function byShares({ totals, price, incentive }: Exchange, shares: bigint): Taken {
  const worth = wMulDown(toAssetsDown(shares, totals), incentive)
  return { shares, repay: toAssetsUp(shares, totals), seize: mulDivDown(worth, PRICE_SCALE, price) }
}

/** What must be repaid for so much collateral. */
export function bySeizure({ totals, price, incentive }: Exchange, seize: bigint): Taken {
  const shares = toSharesUp(wDivUp(mulDivUp(seize, price, PRICE_SCALE), incentive), totals)
  return { shares, repay: toAssetsUp(shares, totals), seize }
}

/**
 * The most shares for which no more than `seize` is taken: the three roundings down of `byShares`, each undone. At a
 * price of 0 there are none, since it is divided by.
 */
export function sharesFor({ totals, price, incentive }: Exchange, seize: bigint): bigint {
  const worth = below(seize, price, PRICE_SCALE)
  const assets = below(worth, WAD, incentive)
  return below(assets, pricedShares(totals), pricedAssets(totals))
}

/** The fewest shares for which anything is taken. */
export const sharesForOne = (exchange: Exchange): bigint => sharesFor(exchange, 0n) + 1n

/** The most collateral that costs no more than so many shares: the three roundings up of `bySeizure`, each undone. */
export function seizureFor({ totals, price, incentive }: Exchange, shares: bigint, held: bigint): bigint {
  if (price === 0n) return held
  const assets = mulDivDown(shares, pricedAssets(totals), pricedShares(totals))
  return least(held, mulDivDown(wMulDown(assets, incentive), PRICE_SCALE, price))
}

/** The largest x with ⌊x · divisor / factor⌋ ≤ most. */
const below = (most: bigint, factor: bigint, divisor: bigint): bigint => mulDivUp(most + 1n, factor, divisor) - 1n

/** Inputs that Morpho takes of an unhealthy loan; `null` where there is none. Beyond them it reverts, not clamps. */
export function sharesTaken(exchange: Exchange, { borrowShares, collateral }: Loan): Segment | null {
  const to = least(borrowShares, sharesFor(exchange, collateral))
  return exchange.price > 0n && to >= 1n ? { from: 1n, to } : null
}
export function seizureTaken(exchange: Exchange, { borrowShares, collateral }: Loan): Segment | null {
  const to = seizureFor(exchange, borrowShares, collateral)
  return to >= 1n ? { from: 1n, to } : null
}

/** Market and loan as a call leaves them; `written` is the debt that nothing secures any more, in units of the loan's asset. */
export type Left = { readonly market: Blue; readonly loan: Loan; readonly written: bigint }

/** Source: Morpho.liquidate, and Morpho.repay, which rounds alike. `market` is accrued. */
export function without(market: Blue, loan: Loan, { shares, repay, seize }: Taken): Left {
  const owed = market.totalBorrowAssets > repay ? market.totalBorrowAssets - repay : 0n
  return {
    market: { ...market, totalBorrowAssets: owed, totalBorrowShares: market.totalBorrowShares - shares },
    loan: { ...loan, borrowShares: loan.borrowShares - shares, collateral: loan.collateral - seize },
    written: 0n,
  }
}

/** After a liquidation that took all collateral the rest of the debt is taken off what was supplied. */
export function writtenOff(left: Left): Left {
  const { market, loan } = left
  if (loan.collateral > 0n) return left
  const written = least(market.totalBorrowAssets, toAssetsUp(loan.borrowShares, market))
  return {
    market: {
      ...market,
      totalBorrowAssets: market.totalBorrowAssets - written,
      totalSupplyAssets: market.totalSupplyAssets - written,
      totalBorrowShares: market.totalBorrowShares - loan.borrowShares,
    },
    loan: { ...loan, borrowShares: 0n },
    written,
  }
}
