import type { When } from '#core/feed.ts'
import { firstWhere } from '#core/first-where.ts'
import { isForSale, reservesOf } from './accrued.ts'
import { type CometPosition, heldOf } from './records.ts'
import { type CometScene, nowIn, standingOf } from './standing.ts'

/** Nothing farther ahead is worth a timer: rates will have changed by then. */
const horizonSeconds = 90 * 86_400

/**
 * The next second at which, at today's rates and prices, interest alone carries the account over the line, or brings
 * reserves below their target while something is held. A debt never shrinks by time, so that bisection is exact; of
 * reserves, which two lines make up, each rounded down, a few seconds before are looked at one by one.
 */
export function nextChange(scene: CometScene, position: CometPosition): When {
  const market = scene.book.market(position.market)
  const { data } = position
  const holdsAt = (timestamp: number): boolean | null => {
    const then = { ...scene, block: { ...scene.block, timestamp } }
    const now = nowIn(then, market)
    if (now === null) return null
    if (data.kind === 'stock') return heldOf(data) > 0n && isForSale(now.comet, reservesOf(now.totals.data))
    const standing = standingOf(then, now, data)
    return 'missing' in standing ? null : standing.isLiquidatable
  }
  const from = scene.block.timestamp
  const first = firstWhere((second) => holdsAt(second) === true, from, from + horizonSeconds)
  return first === null || holdsAt(from) === null ? null : { atSecond: first }
}
