import type { When } from '#core/feed.ts'
import { WAD } from '#core/numbers.ts'
import { type AaveScene, accountData, reserveAt } from './account-data.ts'
import { firstBelow } from './first-below.ts'
import { type AavePosition, isPool, type Pool } from './records.ts'

/** Nothing farther ahead is worth a timer: rates will have changed by then. */
const horizonSeconds = 30 * 86_400
const wholeBelow = (95n * WAD) / 100n

/**
 * The next second at which, at today's rates and prices, interest alone carries the account over a line (1, then 0.95,
 * where all of a debt may be repaid), or a reserve's grace period ends. Exact: in a block of that second the pool says
 * so itself, in one a second earlier it does not.
 */
export function nextChange(scene: AaveScene, position: AavePosition): When {
  const pool = scene.book.market(position.market)
  if (!isPool(pool)) return null
  const from = scene.block.timestamp
  const healthAt = (timestamp: number): bigint | null => {
    const data = accountData({ ...scene, block: { ...scene.block, timestamp } }, pool.data, position.data)
    return 'missing' in data ? null : data.healthFactor
  }
  const now = healthAt(from)
  if (now === null) return null
  const line = now >= WAD ? WAD : now > wholeBelow ? wholeBelow + 1n : null
  const crossing =
    line === null ? null : firstBelow((second) => (healthAt(second) ?? now) - line, from, from + horizonSeconds)
  const grace = now < WAD ? graceEnd(scene, pool.data.slots, position) : null
  const seconds = [crossing, grace].filter((second) => second !== null)
  return seconds.length === 0 ? null : { atSecond: Math.min(...seconds) }
}

function graceEnd(scene: AaveScene, slots: Pool['slots'], position: AavePosition): number | null {
  const ends = position.data.balances.flatMap(({ slot }) => {
    const until = reserveAt(scene, slots[slot] ?? null)?.data.graceUntil ?? 0
    return until >= scene.block.timestamp ? [until + 1] : []
  })
  return ends.length === 0 ? null : Math.min(...ends)
}
