import type { When } from '#core/feed.ts'
import { firstWhere } from '#core/first-where.ts'
import { accrued } from './accrue.ts'
import { jumps } from './borrow-rate.ts'
import type { BluePosition, BlueScene } from './records.ts'
import { pricesIn, standingOf } from './standing.ts'

/** Nothing farther ahead is worth a timer: utilization will have changed by then. */
const horizonSeconds = 30 * 86_400

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
    const first = firstWhere((at) => stateAt(at) !== now, before, second)
    if (first !== null) return { atSecond: first }
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
