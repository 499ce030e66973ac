import type { Segment } from '#core/opportunity.ts'
import { factorScale, mulFactor } from './math.ts'
import type { Asset, Comet } from './records.ts'

/** What decides how much collateral a unit of base buys. */
export type Terms = {
  readonly scale: bigint
  readonly baseScale: bigint
  readonly basePrice: bigint
  readonly price: bigint
}

/** Of the asset's price, what buyers are let off; 1e18 is all. Source: Comet.quoteCollateral. */
export const discountOf = ({ storeFrontPriceFactor }: Comet, { liquidationFactor }: Asset): bigint =>
  mulFactor(storeFrontPriceFactor, factorScale - liquidationFactor)

/** At the discounted price; `null` where that rounds to nothing, by which the contract would divide. */
export function salesTerms(comet: Comet, asset: Asset, basePrice: bigint, assetPrice: bigint): Terms | null {
  const price = mulFactor(assetPrice, factorScale - discountOf(comet, asset))
  return price === 0n ? null : { scale: asset.scale, baseScale: comet.baseScale, basePrice, price }
}

/** Collateral for so much base, rounded down twice, in the contract's order. Source: Comet.quoteCollateral. */
export const quoteCollateral = ({ scale, baseScale, basePrice, price }: Terms, baseAmount: bigint): bigint =>
  (basePrice * baseAmount * scale) / price / baseScale

/**
 * Every `baseAmount` above zero that the Comet takes: up to the last whose collateral it has. It refuses to sell what is
 * its users'. Two divisions that round down are one by the product, so that the end has a closed form.
 * Source: Comet.buyCollateral.
 */
export function acceptedInputs({ scale, baseScale, basePrice, price }: Terms, held: bigint): readonly Segment[] {
  const to = ((held + 1n) * price * baseScale - 1n) / (basePrice * scale)
  return to < 1n ? [] : [{ from: 1n, to }]
}
