import type { When } from '#core/feed.ts'
import { WAD } from '#core/numbers.ts'
import { type AaveScene, accountData } from './account-data.ts'
import { type AavePosition, isPool } from './records.ts'

/** Nothing farther ahead is worth a timer: rates will have changed by then. */
const horizonSeconds = 30 * 86_400
/** Seconds before a crossing that are looked at one by one: rounding may let a figure jitter about the line. */
const lookBack = 8

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
  let low = scene.block.timestamp
  let high = low + horizonSeconds
  const from = low
  if (isBelow(low) || !isBelow(high)) return null
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isBelow(middle)) high = middle
    else low = middle
  }
  let first = high
  for (let second = low; second > Math.max(from, high - lookBack); second -= 1) if (isBelow(second)) first = second
  return { atSecond: first }
}
