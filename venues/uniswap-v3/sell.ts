import { type Amount, amount as amountOf, mulDivUp } from '#core/numbers.ts'
import type { Pool, Tick } from './pool.ts'
import { leastIn, swapStep } from './swap-step.ts'
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK, sqrtAtTick, tickAtSqrt } from './tick-price.ts'

const PIPS = 1_000_000n

/** Where a swap has come to: `at` initialised ticks lie at or below the price. */
type Place = { sqrt: bigint; tick: number; liquidity: bigint; at: number }
const placeOf = ({ sqrtPriceX96: sqrt, tick, liquidity, ticks }: Pool): Place => ({
  sqrt,
  tick,
  liquidity,
  at: ticksUpTo(ticks, tick),
})

/**
 * An exact-input swap to the last wei; `null` where the pool cannot take it all. The pool as it is afterwards is made
 * when it is asked for. The contract stops at the end of each word of its tick bitmap, and rounds there: so do we.
 * Protocol fees are taken out of the liquidity providers' and change nothing here.
 */
export function sellExactly(
  pool: Pool,
  zeroForOne: boolean,
  sold: Amount,
): { readonly bought: Amount; readonly after: Pool } | null {
  if (sold === 0n || pool.sqrtPriceX96 === 0n) return null
  const limit = zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n
  const fee = BigInt(pool.feePips)
  const place = placeOf(pool)
  let remaining: bigint = sold
  let bought = 0n
  let isInside = false
  while (remaining > 0n) {
    if (place.sqrt === limit) return null
    const stop = stopAhead(pool, place, zeroForOne, limit)
    if (stop === null) return null
    const step = swapStep(place.sqrt, stop.target, place.liquidity, remaining, fee)
    remaining -= step.taken + step.fee
    bought += step.given
    isInside = step.sqrtNext !== stop.sqrt
    // The tick stays where the price does.
    if (isInside && step.sqrtNext === place.sqrt) isInside = false
    else if (isInside) place.sqrt = step.sqrtNext
    else pass(place, stop, zeroForOne)
  }
  const { sqrt, tick, liquidity } = place
  return {
    bought: amountOf(bought),
    get after() {
      return { ...pool, sqrtPriceX96: sqrt, tick: isInside ? tickAtSqrt(sqrt) : tick, liquidity }
    },
  }
}

/**
 * The least that buys at least `bought`: whole ranges first, then the swap's own rounding turned round in the last.
 * `null` where the pool has not got so much, or no closed form holds.
 */
export function leastToBuy(pool: Pool, zeroForOne: boolean, bought: Amount): Amount | null {
  if (bought === 0n || pool.sqrtPriceX96 === 0n) return null
  const limit = zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n
  const fee = BigInt(pool.feePips)
  const place = placeOf(pool)
  let missing: bigint = bought
  let sold = 0n
  for (;;) {
    const stop = place.sqrt === limit ? null : stopAhead(pool, place, zeroForOne, limit)
    if (stop === null) return null
    const whole = swapStep(place.sqrt, stop.target, place.liquidity, null, fee)
    if (whole.given >= missing) {
      const lessFee = leastIn(place.sqrt, place.liquidity, missing, zeroForOne)
      return lessFee === null ? null : amountOf(sold + mulDivUp(lessFee, PIPS, PIPS - fee))
    }
    sold += whole.taken + whole.fee
    missing -= whole.given
    pass(place, stop, zeroForOne)
  }
}

type Stop = { readonly tick: number; readonly sqrt: bigint; readonly target: bigint; readonly ahead: Tick | null }

/**
 * Where the next step ends at the latest: the next initialised tick, or the end of the bitmap's word (256 spacings)
 * where that comes first. `null` where there is nothing more.
 */
function stopAhead(pool: Pool, { tick, liquidity, at }: Place, zeroForOne: boolean, limit: bigint): Stop | null {
  const ahead = zeroForOne ? pool.ticks[at - 1] : pool.ticks[at]
  if (ahead === undefined && liquidity === 0n) return null
  const spacing = pool.tickSpacing
  const compressed = Math.floor(tick / spacing)
  const end = zeroForOne
    ? Math.max(MIN_TICK, (compressed >> 8) * 256 * spacing)
    : Math.min(MAX_TICK, (((compressed + 1) >> 8) * 256 + 255) * spacing)
  if (ahead !== undefined && (zeroForOne ? ahead.index >= end : ahead.index <= end)) {
    return { tick: ahead.index, sqrt: ahead.sqrt, target: within(ahead.sqrt, zeroForOne, limit), ahead }
  }
  const sqrt = sqrtAtTick(end)
  return { tick: end, sqrt, target: within(sqrt, zeroForOne, limit), ahead: null }
}

const within = (sqrt: bigint, zeroForOne: boolean, limit: bigint): bigint =>
  (zeroForOne ? sqrt < limit : sqrt > limit) ? limit : sqrt

/** To the stop, and over it. */
function pass(place: Place, stop: Stop, zeroForOne: boolean): void {
  place.sqrt = stop.target
  if (stop.ahead !== null) {
    place.liquidity += zeroForOne ? -stop.ahead.net : stop.ahead.net
    place.at += zeroForOne ? -1 : 1
  }
  place.tick = zeroForOne ? stop.tick - 1 : stop.tick
}

/** How many initialised ticks lie at or below `tick`. */
export function ticksUpTo(ticks: readonly Tick[], tick: number): number {
  let low = 0
  let high = ticks.length
  while (low < high) {
    const middle = (low + high) >> 1
    const one = ticks[middle]
    if (one !== undefined && one.index <= tick) low = middle + 1
    else high = middle
  }
  return low
}
