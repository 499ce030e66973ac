import type { When } from '#core/feed.ts'
import { firstWhere } from '#core/first-where.ts'
import { accountData, type CompoundScene } from './account-data.ts'
import { type CompoundPosition, isHub } from './records.ts'
import { isLiquidatable } from './standing.ts'

/** Nothing farther ahead is worth a timer: rates will have changed by then. 30 days of seconds, or as many blocks. */
const horizon = 30 * 86_400

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
  const first = firstWhere(isShortAt, from, from + horizon)
  if (first === null) return null
  return clock === 'block' ? { atBlock: first } : { atSecond: first }
}
