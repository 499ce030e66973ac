import { fillTo } from '../curve.ts'
import { type Amount, amount as amountOf } from '../numbers.ts'
import { curveOf } from './curve-of.ts'
import type { Ranged } from './ranged.ts'
import type { SellOf } from './ranged-trades.ts'

/** Each way what is asked of the chain's quoter, and what `sell` says of it; those ways in which something is bought. */
export const probesOf = <P extends Ranged>(pool: P, sell: SellOf<P>) =>
  [true, false].flatMap((zeroForOne) => {
    const sold = probeAmount(pool, zeroForOne)
    const local = sold === null ? null : sell(pool, zeroForOne, sold)
    return sold === null || local === null ? [] : [{ zeroForOne, sold, local }]
  })

/**
 * About 2 % of price away, beyond the fee where that is more: enough to cross ticks where there are some. `null` where
 * there is nothing to buy.
 */
function probeAmount(pool: Ranged, zeroForOne: boolean): Amount | null {
  const spot = (Number(pool.sqrtPriceX96) / 2 ** 96) ** 2
  const curve = curveOf(pool, zeroForOne)
  const [first, price] = [(curve[0] ?? 0) ** 2, (zeroForOne ? spot : 1 / spot) * 0.98]
  const { sold } = fillTo(curve, first > price ? price : first * 0.98)
  return sold >= 1 && Number.isFinite(sold) ? amountOf(BigInt(Math.floor(sold))) : null
}
