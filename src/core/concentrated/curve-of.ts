import { type Curve, curveRow } from '../curve.ts'
import { ticksUpTo } from './place.ts'
import { type Ranged, swapFeeOf, type Tick } from './ranged.ts'

/** A pool's ticks as floats: √ of their prices, and the liquidity from each up to the next. */
type Profile = { readonly roots: Float64Array; readonly above: Float64Array }
/** Pure functions of records, kept beside them for as long as they live: a swap changes the pool but not its ticks. */
const profiles = new WeakMap<readonly Tick[], Profile>()
const curves = new WeakMap<Ranged, { down?: Curve; up?: Curve }>()

/** Ranges from the current price outwards. Selling token 0 the price is P = √P², of token 1 it is 1/P; γ of both after fee. */
export function curveOf(pool: Ranged, zeroForOne: boolean): Curve {
  const kept = curves.get(pool) ?? {}
  curves.set(pool, kept)
  const side = zeroForOne ? 'down' : 'up'
  kept[side] ??= buildCurve(pool, zeroForOne)
  return kept[side]
}

function buildCurve(pool: Ranged, zeroForOne: boolean): Curve {
  const { roots, above } = profileOf(pool.ticks)
  const gamma = Math.sqrt(1 - swapFeeOf(pool, zeroForOne) / 1e6)
  const up = ticksUpTo(pool.ticks, pool.tick)
  const ahead = pool.sqrtPriceX96 === 0n ? 0 : zeroForOne ? up : roots.length - up
  const curve = new Float64Array(ahead * curveRow)
  let root = Number(pool.sqrtPriceX96) / 2 ** 96
  let liquidity = Number(pool.liquidity)
  let [row, sold, bought] = [0, 0, 0]
  for (let i = 0; i < ahead; i += 1) {
    const at = zeroForOne ? up - 1 - i : up + i
    const next = roots[at] ?? 0
    if (next !== root && liquidity > 0) {
      const from = gamma * (zeroForOne ? root : 1 / root)
      const to = gamma * (zeroForOne ? next : 1 / next)
      const depth = liquidity / gamma
      curve.set([from, to, depth, sold, bought], row)
      row += curveRow
      sold += (depth * (from - to)) / (from * to)
      bought += depth * (from - to)
    }
    root = next
    liquidity = above[zeroForOne ? at - 1 : at] ?? 0
  }
  return curve.slice(0, row)
}

function profileOf(ticks: readonly Tick[]): Profile {
  const kept = profiles.get(ticks)
  if (kept !== undefined) return kept
  const roots = new Float64Array(ticks.length)
  const above = new Float64Array(ticks.length)
  let liquidity = 0n
  for (const [i, { net, sqrt }] of ticks.entries()) {
    liquidity += net
    roots[i] = Number(sqrt) / 2 ** 96
    above[i] = Number(liquidity)
  }
  const profile = { roots, above }
  profiles.set(ticks, profile)
  return profile
}
