import type { When } from '#core/feed.ts'
import { accrued } from './accrue.ts'
import { jumps } from './borrow-rate.ts'
import type { BluePosition, BlueScene } from './records.ts'
import { pricesIn, standingOf } from './standing.ts'

/** Nothing farther ahead is worth a timer: utilization will have changed by then. */
const horizonSeconds = 30 * 86_400
/** Seconds before a change that are looked at one by one: rounding may let a figure jitter about the line. */
const lookBack = 4

/**
 * The next second at which, at today's utilization and prices, interest alone changes who may act on a loan: it passes
 * the line of a pre-liquidation contract, or the market's own. Exact: in a block of that second Morpho says so itself,
 * in one a second earlier it does not. What is owed grows but where the rate jumps, so it is followed from jump to jump.
 */
export function nextChange(scene: BlueScene, position: BluePosition): When {
  const market = scene.book.market(position.market)?.data
  if (market?.interest !== 'adaptive' || position.data.borrowShares === 0n) return null
  const from = scene.block.timestamp
  const until = from + horizonSeconds
  const priceOf = pricesIn(scene)
  const stateAt = (second: number): string | null => {
    const standing = standingOf(accrued(market, second), position.data, priceOf)
    if (standing === null) return null
    return [standing.isHealthy, ...standing.openings.map(({ contract }) => contract.contract)].join(' ')
  }
  const now = stateAt(from)
  if (now === null) return null
  let before = from
  for (const second of [...stopsOf(market, from, until), until]) {
    if (stateAt(second) !== now) return { atSecond: firstOther((at) => stateAt(at) !== now, before, second) }
    before = second
  }
  return null
}

/** Last second before each jump, and the jump itself. */
function stopsOf(market: Parameters<typeof jumps>[0] & { updatedAt: number }, from: number, until: number): number[] {
  return jumps(market, BigInt(until - market.updatedAt))
    .flatMap((seconds) => [market.updatedAt + Number(seconds) - 1, market.updatedAt + Number(seconds)])
    .filter((second) => second > from && second < until)
}

/** The first second in `(from, to]` of another state; `to` is one. */
function firstOther(isOther: (second: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isOther(middle)) high = middle
    else low = middle
  }
  let first = high
  for (let second = low; second > Math.max(from, high - lookBack); second -= 1) if (isOther(second)) first = second
  return first
}
