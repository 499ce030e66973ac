import { type Curve, curveRow } from '#core/curve.ts'
import { type Amount, amount } from '#core/numbers.ts'
import type { Venue } from '#core/venue.ts'

const parts = 1_000_000n

/**
 * The venue as if `share` (above 0, to a millionth) of every pool's liquidity were left: selling so much there does what
 * selling 1 ÷ `share` as much does now, and buys that share of it. So it holds for pools of any shape.
 */
export function thinVenue(venue: Venue, share: number): Venue {
  const part = BigInt(Math.max(1, Math.round(share * Number(parts))))
  const { leastToBuy: _left, ...rest } = venue
  const thin = new WeakMap<Curve, Curve>()
  return {
    ...rest,
    sell: (pool, token, sold) => {
      const done = venue.sell(pool, token, amount((sold * parts) / part))
      return done === null ? null : { bought: amount((done.bought * part) / parts) as Amount, after: done.after }
    },
    curve: (pool, token) => {
      const whole = venue.curve(pool, token)
      const known = thin.get(whole)
      if (known !== undefined) return known
      // Depth and amounts shrink; where ranges begin and end, prices, stay.
      const made = whole.map((value, at) => (at % curveRow < 2 ? value : value * share))
      thin.set(whole, made)
      return made
    },
  }
}
