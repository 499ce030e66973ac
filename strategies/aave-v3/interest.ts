import { RAY } from '#core/numbers.ts'
import { rayMulHalf } from './math.ts'

const secondsPerYear = 31_536_000n

/** Growth of the liquidity index over `seconds` at a yearly `rate`, both ray. Source: MathUtils, all versions. */
export const linearGrowth = (rate: bigint, seconds: bigint): bigint => RAY + (rate * seconds) / secondsPerYear

/** Growth of the borrow index, ray: three terms of the binomial series. Source: MathUtils, 3.0 to 3.3. */
export function binomialGrowth(rate: bigint, seconds: bigint): bigint {
  if (seconds === 0n) return RAY
  const beforeLast = seconds > 2n ? seconds - 2n : 0n
  const squared = rayMulHalf(rate, rate) / (secondsPerYear * secondsPerYear)
  const cubed = rayMulHalf(squared, rate) / secondsPerYear
  const second = (seconds * (seconds - 1n) * squared) / 2n
  const third = (seconds * (seconds - 1n) * beforeLast * cubed) / 6n
  return RAY + (rate * seconds) / secondsPerYear + second + third
}

/** Growth of the borrow index, ray: three terms of the exponential series. Source: MathUtils, from 3.4 on. */
export function exponentialGrowth(rate: bigint, seconds: bigint): bigint {
  if (seconds === 0n) return RAY
  const x = (rate * seconds) / secondsPerYear
  return RAY + x + rayMulHalf(x, x / 2n + rayMulHalf(x, x / 6n))
}
