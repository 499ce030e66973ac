import { firstWhere } from '#core/first-where.ts'
import { isLiquidatable, later, type Watched } from './watched.ts'

const farthestSeconds = 5 * 31_536_000

/**
 * The second at which interest alone, at today's rates and prices, makes it liquidatable; `null` where it does not within
 * five years. By the strategy's own judgement, exact; the plain sum is `ln(HF) ÷ (rb − rs · share)`.
 */
export function interestCrossing(watched: Watched, blockSeconds: number): number | null {
  const { timestamp } = watched.scene.block
  const after = firstWhere((seconds) => isLiquidatable(later(watched, seconds, blockSeconds)), 0, farthestSeconds)
  return after === null ? null : timestamp + after
}
