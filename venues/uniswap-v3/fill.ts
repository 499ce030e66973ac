import type { Pool, Tick } from './pool.ts'
import { ticksUpTo } from './sell.ts'

/** Ranges from the current price outwards, in floats; sums are of all the ranges before, fee taken. */
type Ladder = {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly liquidity: readonly number[]
  readonly sold: readonly number[]
  readonly bought: readonly number[]
}
const nothing = { sold: 0, bought: 0 }
/** A pure function of the pool's record, kept beside it for as long as the record lives. */
const ladders = new WeakMap<Pool, { down?: Ladder; up?: Ladder }>()

/**
 * How much to sell until the marginal price after fee has fallen to `price`: in a range of liquidity L the price is
 * γP after √P, so the stop is √P' = √(price/γ) for token 0 and √(γ/price) for token 1; closed form in the last range.
 */
export function fillTo(pool: Pool, zeroForOne: boolean, price: number): { sold: number; bought: number } {
  if (!(price > 0) || pool.sqrtPriceX96 === 0n) return nothing
  const gamma = 1 - pool.feePips / 1e6
  const stop = zeroForOne ? Math.sqrt(price / gamma) : Math.sqrt(gamma / price)
  const ladder = ladderOf(pool, zeroForOne)
  let range = -1
  let high = ladder.from.length - 1
  for (let low = 0; low <= high; ) {
    const middle = (low + high) >> 1
    const begins = ladder.from[middle] ?? 0
    if (zeroForOne ? stop < begins : stop > begins) {
      range = middle
      low = middle + 1
    } else high = middle - 1
  }
  if (range < 0) return nothing
  const a = ladder.from[range] ?? 0
  const end = ladder.to[range] ?? 0
  const b = zeroForOne ? Math.max(stop, end) : Math.min(stop, end)
  const moved = moves(a, b, ladder.liquidity[range] ?? 0, gamma, zeroForOne)
  return { sold: (ladder.sold[range] ?? 0) + moved.sold, bought: (ladder.bought[range] ?? 0) + moved.bought }
}

/** Amounts between two square-root prices: L·Δ(1/√P) of token 0 against L·Δ√P of token 1. */
function moves(a: number, b: number, liquidity: number, gamma: number, zeroForOne: boolean) {
  const of1 = liquidity * Math.abs(a - b)
  const of0 = of1 / (a * b)
  return zeroForOne ? { sold: of0 / gamma, bought: of1 } : { sold: of1 / gamma, bought: of0 }
}

function ladderOf(pool: Pool, zeroForOne: boolean): Ladder {
  const kept = ladders.get(pool) ?? {}
  ladders.set(pool, kept)
  const side = zeroForOne ? 'down' : 'up'
  const found = kept[side]
  if (found !== undefined) return found
  const ladder = buildLadder(pool, zeroForOne)
  kept[side] = ladder
  return ladder
}

function buildLadder(pool: Pool, zeroForOne: boolean): Ladder {
  const gamma = 1 - pool.feePips / 1e6
  const up = ticksUpTo(pool.ticks, pool.tick)
  const ahead: readonly Tick[] = zeroForOne ? pool.ticks.slice(0, up).reverse() : pool.ticks.slice(up)
  const ladder = {
    from: [] as number[],
    to: [] as number[],
    liquidity: [] as number[],
    sold: [] as number[],
    bought: [] as number[],
  }
  let from = Number(pool.sqrtPriceX96) / 2 ** 96
  let liquidity = pool.liquidity
  let sold = 0
  let bought = 0
  for (const tick of ahead) {
    const to = Number(tick.sqrt) / 2 ** 96
    if (to !== from && liquidity > 0n) {
      const l = Number(liquidity)
      ladder.from.push(from)
      ladder.to.push(to)
      ladder.liquidity.push(l)
      ladder.sold.push(sold)
      ladder.bought.push(bought)
      const moved = moves(from, to, l, gamma, zeroForOne)
      sold += moved.sold
      bought += moved.bought
    }
    from = to
    liquidity += zeroForOne ? -tick.net : tick.net
  }
  return ladder
}
