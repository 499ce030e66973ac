import { type Amount, amount as amountOf, mulDivUp } from '../numbers.ts'
import { crossingFrom } from './crossing.ts'
import { limitOf, moveTo, pass, placeOf, stopAhead } from './place.ts'
import { type Ranged, swapFeeOf } from './ranged.ts'
import { leastIn, swapStep, wholeStep } from './swap-step.ts'
import { tickAtSqrt } from './tick-price.ts'

const PIPS = 1_000_000n

/**
 * An exact-input swap to the last wei; `null` where the pool cannot take it all. The pool as it is afterwards is made
 * when it is asked for. The contract stops at the end of each word of its tick bitmap, and rounds there: so do we.
 * Uniswap V3's protocol fees are taken out of the liquidity providers' and change nothing here; V4's are in the swap fee.
 */
export function sellExactly<P extends Ranged>(
  pool: P,
  zeroForOne: boolean,
  sold: Amount,
): { readonly bought: Amount; readonly after: P } | null {
  if (sold === 0n || pool.sqrtPriceX96 === 0n) return null
  const limit = limitOf(zeroForOne)
  const fee = BigInt(swapFeeOf(pool, zeroForOne))
  const place = placeOf(pool)
  let remaining: bigint = sold
  let bought = 0n
  let isInside = false
  while (remaining > 0n) {
    if (place.sqrt === limit) return null
    const whole = crossingFrom(pool, place, zeroForOne)
    if (whole !== null && whole.takes <= remaining) {
      remaining -= whole.takes
      bought += whole.gives
      moveTo(place, whole.after)
      continue
    }
    const stop = stopAhead(pool, place, zeroForOne)
    if (stop === null) return null
    const step = swapStep(place.sqrt, stop.target, place.liquidity, remaining, fee)
    remaining -= step.takes
    bought += step.gives
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
export function leastToBuy(pool: Ranged, zeroForOne: boolean, bought: Amount): Amount | null {
  if (bought === 0n || pool.sqrtPriceX96 === 0n) return null
  const limit = limitOf(zeroForOne)
  const fee = BigInt(swapFeeOf(pool, zeroForOne))
  const place = placeOf(pool)
  let missing: bigint = bought
  let sold = 0n
  for (;;) {
    const crossing = crossingFrom(pool, place, zeroForOne)
    if (crossing !== null && crossing.gives < missing) {
      sold += crossing.takes
      missing -= crossing.gives
      moveTo(place, crossing.after)
      continue
    }
    const stop = place.sqrt === limit ? null : stopAhead(pool, place, zeroForOne)
    if (stop === null) return null
    const whole = wholeStep(place.sqrt, stop.target, place.liquidity, fee)
    if (whole.gives >= missing) {
      const lessFee = leastIn(place.sqrt, place.liquidity, missing, zeroForOne)
      return lessFee === null ? null : amountOf(sold + mulDivUp(lessFee, PIPS, PIPS - fee))
    }
    sold += whole.takes
    missing -= whole.gives
    pass(place, stop, zeroForOne)
  }
}
