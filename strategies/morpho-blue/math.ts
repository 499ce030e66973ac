import { mulDivDown, mulDivUp, WAD } from '#core/numbers.ts'

/**
 * Morpho's own fixed-point operations: non-negative integers, rounded as the name says. Source: MathLib, SharesMathLib.
 */
export const wMulDown = (a: bigint, b: bigint): bigint => mulDivDown(a, b, WAD)
export const wDivDown = (a: bigint, b: bigint): bigint => mulDivDown(a, WAD, b)
export const wDivUp = (a: bigint, b: bigint): bigint => mulDivUp(a, WAD, b)

/** Prices are loan per collateral, times this. */
export const PRICE_SCALE = 10n ** 36n

/** What is owed in a market, and in how many shares; the virtual ones are not counted in. */
export type Totals = { readonly totalBorrowAssets: bigint; readonly totalBorrowShares: bigint }

const virtualAssets = 1n
const virtualShares = 1_000_000n
/** With the virtual ones, by which shares are priced. */
export const pricedAssets = ({ totalBorrowAssets }: Totals): bigint => totalBorrowAssets + virtualAssets
export const pricedShares = ({ totalBorrowShares }: Totals): bigint => totalBorrowShares + virtualShares

export const toAssetsDown = (shares: bigint, of: Totals): bigint =>
  mulDivDown(shares, pricedAssets(of), pricedShares(of))
export const toAssetsUp = (shares: bigint, of: Totals): bigint => mulDivUp(shares, pricedAssets(of), pricedShares(of))
export const toSharesDown = (assets: bigint, of: Totals): bigint =>
  mulDivDown(assets, pricedShares(of), pricedAssets(of))
export const toSharesUp = (assets: bigint, of: Totals): bigint => mulDivUp(assets, pricedShares(of), pricedAssets(of))

/** `e^(rate · seconds) − 1` by three terms of its series, wad. Source: MathLib.wTaylorCompounded. */
export function taylorCompounded(rate: bigint, seconds: bigint): bigint {
  const first = rate * seconds
  const second = mulDivDown(first, first, 2n * WAD)
  const third = mulDivDown(second, first, 3n * WAD)
  return first + second + third
}
