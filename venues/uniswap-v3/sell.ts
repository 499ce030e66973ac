import { type Amount, amount as amountOf } from '#core/numbers.ts'
import type { Pool, Tick } from './pool.ts'
import { swapStep } from './swap-step.ts'
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK, sqrtAtTick, tickAtSqrt } from './tick-price.ts'

/**
 * An exact-input swap to the last wei, with the pool as it is afterwards; `null` where the pool cannot take it all.
 * The contract stops at the end of each word of its tick bitmap, and rounds there: so do we. Protocol fees are taken
 * out of the liquidity providers' and change nothing here.
 */
export function sellExactly(pool: Pool, zeroForOne: boolean, sold: Amount): { bought: Amount; after: Pool } | null {
  if (sold === 0n || pool.sqrtPriceX96 === 0n) return null
  const limit = zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n
  const fee = BigInt(pool.feePips)
  let { sqrtPriceX96: sqrt, tick, liquidity } = pool
  let remaining: bigint = sold
  let bought = 0n
  let at = ticksUpTo(pool.ticks, tick)
  while (remaining > 0n && sqrt !== limit) {
    const ahead = zeroForOne ? pool.ticks[at - 1] : pool.ticks[at]
    if (ahead === undefined && liquidity === 0n) return null
    const next = nextStop(tick, pool.tickSpacing, ahead, zeroForOne)
    const nextSqrt = next === ahead?.index ? ahead.sqrt : sqrtAtTick(next)
    const target = zeroForOne ? (nextSqrt < limit ? limit : nextSqrt) : nextSqrt > limit ? limit : nextSqrt
    const step = swapStep(sqrt, target, liquidity, remaining, fee)
    remaining -= step.taken + step.fee
    bought += step.given
    const before = sqrt
    sqrt = step.sqrtNext
    if (sqrt === nextSqrt) {
      if (next === ahead?.index) {
        liquidity += zeroForOne ? -ahead.net : ahead.net
        at += zeroForOne ? -1 : 1
      }
      tick = zeroForOne ? next - 1 : next
    } else if (sqrt !== before) tick = tickAtSqrt(sqrt)
  }
  if (remaining > 0n) return null
  return { bought: amountOf(bought), after: { ...pool, sqrtPriceX96: sqrt, tick, liquidity } }
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

/** The next initialised tick, or the end of the bitmap's word (256 spacings) where that comes first. */
function nextStop(tick: number, spacing: number, ahead: Tick | undefined, zeroForOne: boolean): number {
  const compressed = Math.floor(tick / spacing)
  if (zeroForOne) {
    const end = (compressed >> 8) * 256 * spacing
    return Math.max(MIN_TICK, ahead === undefined ? end : Math.max(end, ahead.index))
  }
  const end = (((compressed + 1) >> 8) * 256 + 255) * spacing
  return Math.min(MAX_TICK, ahead === undefined ? end : Math.min(end, ahead.index))
}
