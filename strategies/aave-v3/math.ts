import { BPS, mulDivDown, mulDivUp, RAY, WAD } from '#core/numbers.ts'

/**
 * The protocol's own fixed-point operations, non-negative integers throughout. `half` rounds half up, as
 * WadRayMath and PercentageMath do; `down` and `up` are the directed ones that 3.5 brought in.
 */
const half = (a: bigint, b: bigint, divisor: bigint): bigint => (a * b + divisor / 2n) / divisor

export const rayMulHalf = (a: bigint, b: bigint): bigint => half(a, b, RAY)
export const rayMulDown = (a: bigint, b: bigint): bigint => mulDivDown(a, b, RAY)
export const rayMulUp = (a: bigint, b: bigint): bigint => mulDivUp(a, b, RAY)
export const rayDivHalf = (a: bigint, b: bigint): bigint => half(a, RAY, b)
export const rayDivDown = (a: bigint, b: bigint): bigint => mulDivDown(a, RAY, b)
export const rayDivUp = (a: bigint, b: bigint): bigint => mulDivUp(a, RAY, b)

export const percentMulHalf = (a: bigint, bps: bigint): bigint => half(a, bps, BPS)
export const percentMulDown = (a: bigint, bps: bigint): bigint => mulDivDown(a, bps, BPS)
export const percentMulUp = (a: bigint, bps: bigint): bigint => mulDivUp(a, bps, BPS)
export const percentDivHalf = (a: bigint, bps: bigint): bigint => half(a, BPS, bps)
export const percentDivDown = (a: bigint, bps: bigint): bigint => mulDivDown(a, BPS, bps)
export const percentDivUp = (a: bigint, bps: bigint): bigint => mulDivUp(a, BPS, bps)

export const wadDivHalf = (a: bigint, b: bigint): bigint => half(a, WAD, b)
