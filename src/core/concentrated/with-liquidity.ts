import { ticksUpTo } from './place.ts'
import type { Ranged, Tick } from './ranged.ts'
import { sqrtAtTick } from './tick-price.ts'

/** A position's liquidity changes its two ticks, and the pool's own where the price is between them. */
export function withLiquidity<P extends Ranged>(pool: P, lower: number, upper: number, delta: bigint): P {
  if (delta === 0n) return pool
  const within = lower <= pool.tick && pool.tick < upper
  return {
    ...pool,
    liquidity: within ? pool.liquidity + delta : pool.liquidity,
    ticks: withTick(withTick(pool.ticks, lower, delta, delta), upper, delta, -delta),
  }
}

function withTick(ticks: readonly Tick[], index: number, gross: bigint, net: bigint): readonly Tick[] {
  const at = ticksUpTo(ticks, index)
  const before = ticks[at - 1]
  const known = before?.index === index ? before : undefined
  const changed: Tick = {
    index,
    gross: (known?.gross ?? 0n) + gross,
    net: (known?.net ?? 0n) + net,
    sqrt: known?.sqrt ?? sqrtAtTick(index),
  }
  const head = ticks.slice(0, known === undefined ? at : at - 1)
  return changed.gross === 0n ? [...head, ...ticks.slice(at)] : [...head, changed, ...ticks.slice(at)]
}
