import { BPS, RAY, WAD } from '#core/numbers.ts'

/** The protocol's own fixed-point operations, all rounding half up. Source: WadRayMath, PercentageMath. */
const half = (a: bigint, b: bigint, divisor: bigint): bigint => (a * b + divisor / 2n) / divisor

export const rayMul = (a: bigint, b: bigint): bigint => half(a, b, RAY)
export const rayDiv = (a: bigint, b: bigint): bigint => half(a, RAY, b)
export const wadDiv = (a: bigint, b: bigint): bigint => half(a, WAD, b)
export const percentMul = (a: bigint, bps: bigint): bigint => half(a, bps, BPS)
export const percentDiv = (a: bigint, bps: bigint): bigint => half(a, BPS, bps)
