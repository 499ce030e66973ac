import { RAY } from '#core/numbers.ts'
import { rayMul } from './math.ts'

const secondsPerYear = 31_536_000n

/** Growth of the liquidity index over `seconds` at a yearly `rate`, both ray. Source: MathUtils.calculateLinearInterest. */
export const linearGrowth = (rate: bigint, seconds: bigint): bigint => RAY + (rate * seconds) / secondsPerYear

/**
 * Growth of a debt, ray: three terms of the binomial series. The rate a second is rounded down before anything else,
 * where V3 divides later. Source: MathUtils.calculateCompoundedInterest.
 */
export function compoundGrowth(rate: bigint, seconds: bigint): bigint {
  if (seconds <= 0n) return RAY
  const beforeLast = seconds > 2n ? seconds - 2n : 0n
  const perSecond = rate / secondsPerYear
  const squared = rayMul(perSecond, perSecond)
  const cubed = rayMul(squared, perSecond)
  const second = (seconds * (seconds - 1n) * squared) / 2n
  const third = (seconds * (seconds - 1n) * beforeLast * cubed) / 6n
  return RAY + perSecond * seconds + second + third
}
