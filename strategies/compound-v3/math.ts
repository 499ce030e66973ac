import { least } from '#core/numbers.ts'
import type { Kinked } from './records.ts'

/** Indices are scaled by it: 1 at the start. Source: CometCore, as all constants here. */
const indexScale = 10n ** 15n
/** Factors, rates per second and utilisation. */
export const factorScale = 10n ** 18n

/** Rounds down. Source: Comet.mulFactor. */
export const mulFactor = (n: bigint, factor: bigint): bigint => (n * factor) / factorScale
/** An amount of a token in the price's unit, rounded down. Source: Comet.mulPrice. */
export const mulPrice = (units: bigint, price: bigint, scale: bigint): bigint => (units * price) / scale
/** A value in units of a token, rounded down. Source: Comet.divPrice. */
export const divPrice = (value: bigint, price: bigint, scale: bigint): bigint => (value * scale) / price

/** What a principal is worth now, of supply and of debt alike rounded down. Source: CometCore.presentValue… */
export const presentValue = (principal: bigint, index: bigint): bigint => (principal * index) / indexScale
/** Source: CometCore.principalValueSupply. */
export const principalDown = (present: bigint, index: bigint): bigint => (present * indexScale) / index
/** Source: CometCore.principalValueBorrow. */
export const principalUp = (present: bigint, index: bigint): bigint => (present * indexScale + index - 1n) / index

/** Borrowed of supplied, 1e18 is all; none where nothing is supplied. Source: Comet.getUtilization. */
export function utilisation(supplied: bigint, borrowed: bigint): bigint {
  return supplied === 0n ? 0n : (borrowed * factorScale) / supplied
}

/** Per second. Source: Comet.getSupplyRate, Comet.getBorrowRate. */
export function rateAt({ kink, base, slopeLow, slopeHigh }: Kinked, use: bigint): bigint {
  const below = base + mulFactor(slopeLow, least(use, kink))
  return use <= kink ? below : below + mulFactor(slopeHigh, use - kink)
}
