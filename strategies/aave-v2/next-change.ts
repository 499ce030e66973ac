import type { When } from '#core/feed.ts'
import { firstWhere } from '#core/first-where.ts'
import { WAD } from '#core/numbers.ts'
import { type AaveScene, accountData } from './account-data.ts'
import { type AavePosition, isPool } from './records.ts'

/** Nothing farther ahead is worth a timer: rates will have changed by then. */
const horizonSeconds = 30 * 86_400

/**
 * The next second at which, at today's rates and prices, interest alone carries the account below 1. Exact: in a block
 * of that second the pool says so itself, in one a second earlier it does not. The account is taken to cross once, up to
 * rounding: collateral grows by straight lines and debt by convex curves, so what is left between them is concave.
 */
export function nextChange(scene: AaveScene, position: AavePosition): When {
  const pool = scene.book.market(position.market)
  if (!isPool(pool)) return null
  const isBelow = (timestamp: number): boolean => {
    const data = accountData({ ...scene, block: { ...scene.block, timestamp } }, pool.data, position.data)
    return !('missing' in data) && data.healthFactor !== null && data.healthFactor < WAD
  }
  const from = scene.block.timestamp
  const first = firstWhere(isBelow, from, from + horizonSeconds)
  return first === null ? null : { atSecond: first }
}
