import type { When } from '#core/feed.ts'
import { accountData, type CompoundScene } from './account-data.ts'
import { type CompoundPosition, isHub } from './records.ts'
import { isLiquidatable } from './standing.ts'

/** Nothing farther ahead is worth a timer: rates will have changed by then. 30 days of seconds, or as many blocks. */
const horizon = 30 * 86_400
/** Slots before a crossing that are looked at one by one: rounding may let a figure jitter about the line. */
const lookBack = 8

/**
 * The next block or second at which, at today's rates and prices, interest alone makes the account liquidatable, once the
 * markets that help are accrued. Exact. Each market's part grows by a straight line or stays, and the least of the choices
 * is concave: it crosses the line once, so halving finds where.
 */
export function nextChange(scene: CompoundScene, position: CompoundPosition): When {
  const hub = scene.book.market(position.market)
  if (!isHub(hub)) return null
  const { family, clock } = hub.data
  const from = clock === 'block' ? scene.block.number : scene.block.timestamp
  const isShortAt = (slot: number): boolean => {
    const moved = clock === 'block' ? { number: slot } : { timestamp: slot }
    const data = accountData({ ...scene, block: { ...scene.block, ...moved } }, position)
    return !('missing' in data) && isLiquidatable(family, data.held)
  }
  if (isShortAt(from) || !isShortAt(from + horizon)) return null
  let [low, high] = [from, from + horizon]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isShortAt(middle)) high = middle
    else low = middle
  }
  let first = high
  for (let slot = high - 1; slot > Math.max(from, high - lookBack); slot -= 1) if (isShortAt(slot)) first = slot
  return clock === 'block' ? { atBlock: first } : { atSecond: first }
}
