import type { Ranged, Tick } from './ranged.ts'
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK, sqrtAtTick } from './tick-price.ts'

/** Where a swap has come to: `at` initialised ticks lie at or below the price. */
export type Place = { sqrt: bigint; tick: number; liquidity: bigint; at: number }
export const placeOf = ({ sqrtPriceX96: sqrt, tick, liquidity, ticks }: Ranged): Place => ({
  sqrt,
  tick,
  liquidity,
  at: ticksUpTo(ticks, tick),
})

const lowest = MIN_SQRT_RATIO + 1n
const highest = MAX_SQRT_RATIO - 1n
/** The contract's own limit where a caller has none. */
export const limitOf = (zeroForOne: boolean): bigint => (zeroForOne ? lowest : highest)

/** Where a step ends; `target` is as far as a price can go, `ahead` the tick that is crossed there, if one is. */
export type Stop = {
  readonly tick: number
  readonly sqrt: bigint
  readonly target: bigint
  readonly ahead: Tick | null
}

/**
 * Where the next step ends at the latest: the next initialised tick, or the end of the bitmap's word (256 spacings)
 * where that comes first. `null` where there is nothing more.
 */
export function stopAhead(pool: Ranged, { tick, liquidity, at }: Place, zeroForOne: boolean): Stop | null {
  const ahead = zeroForOne ? pool.ticks[at - 1] : pool.ticks[at]
  if (ahead === undefined && liquidity === 0n) return null
  const spacing = pool.tickSpacing
  const compressed = Math.floor(tick / spacing)
  const end = zeroForOne
    ? Math.max(MIN_TICK, (compressed >> 8) * 256 * spacing)
    : Math.min(MAX_TICK, (((compressed + 1) >> 8) * 256 + 255) * spacing)
  if (ahead !== undefined && (zeroForOne ? ahead.index >= end : ahead.index <= end)) {
    return { tick: ahead.index, sqrt: ahead.sqrt, target: within(ahead.sqrt, zeroForOne), ahead }
  }
  const sqrt = sqrtAtTick(end)
  return { tick: end, sqrt, target: within(sqrt, zeroForOne), ahead: null }
}

function within(sqrt: bigint, zeroForOne: boolean): bigint {
  const limit = limitOf(zeroForOne)
  return (zeroForOne ? sqrt < limit : sqrt > limit) ? limit : sqrt
}

export function moveTo(place: Place, to: Place): void {
  place.sqrt = to.sqrt
  place.tick = to.tick
  place.liquidity = to.liquidity
  place.at = to.at
}

/** To the stop, and over it. */
export function pass(place: Place, stop: Stop, zeroForOne: boolean): void {
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
