import { type Place, pass, stopAhead } from './place.ts'
import { type Ranged, swapFeeOf, type Tick } from './ranged.ts'
import { wholeStep } from './swap-step.ts'

/** What lies up to the next initialised tick, passed whole: what it takes with its fees, gives, and where one is after it. */
export type Crossing = { readonly takes: bigint; readonly gives: bigint; readonly after: Place }
/** `null`: it cannot be passed. */
type Known = (Crossing | null | undefined)[]
/** From a pool's own price: kept for as long as the record lives. First down, then up. */
const starts = new WeakMap<Ranged, Known>()
/** Between ticks: they follow from ticks and fee alone, which swaps do not change. */
type Ranges = { readonly feePips: number; readonly known: Known }
const ranges = new WeakMap<readonly Tick[], { down?: Ranges; up?: Ranges }>()

/**
 * The crossing that begins here; `null` where there is none. Whatever is sold, a range is passed whole exactly where what
 * remains is no less than it takes: both its step and its fee are rounded up.
 */
export function crossingFrom(pool: Ranged, place: Place, zeroForOne: boolean): Crossing | null {
  const side = zeroForOne ? 0 : 1
  if (place.sqrt === pool.sqrtPriceX96 && place.tick === pool.tick)
    return keptAt(startsOf(pool), side, pool, place, zeroForOne)
  const begins = zeroForOne ? pool.ticks[place.at] : pool.ticks[place.at - 1]
  if (begins?.sqrt !== place.sqrt || place.tick !== (zeroForOne ? begins.index - 1 : begins.index)) return null
  return keptAt(rangesOf(pool, zeroForOne), place.at, pool, place, zeroForOne)
}

/** A pool in hand may have another liquidity than the one its ticks were first seen with (a doctored one has). */
function keptAt(known: Known, index: number, pool: Ranged, place: Place, zeroForOne: boolean): Crossing | null {
  const found = known[index]
  if (found === null || (found !== undefined && found.after.liquidity === liquidityAfter(pool, place, zeroForOne)))
    return found
  const crossing = cross(pool, place, zeroForOne)
  known[index] = crossing
  return crossing
}

function startsOf(pool: Ranged): Known {
  const kept = starts.get(pool)
  if (kept !== undefined) return kept
  const known: Known = []
  starts.set(pool, known)
  return known
}

function rangesOf(pool: Ranged, zeroForOne: boolean): Known {
  const feePips = swapFeeOf(pool, zeroForOne)
  const both = ranges.get(pool.ticks) ?? {}
  const side = zeroForOne ? 'down' : 'up'
  const kept = both[side]
  if (kept?.feePips === feePips) return kept.known
  const known: Known = []
  both[side] = { feePips, known }
  ranges.set(pool.ticks, both)
  return known
}

function liquidityAfter({ ticks }: Ranged, { at, liquidity }: Place, zeroForOne: boolean): bigint {
  const end = zeroForOne ? ticks[at - 1] : ticks[at]
  return end === undefined ? liquidity : liquidity + (zeroForOne ? -end.net : end.net)
}

function cross(pool: Ranged, from: Place, zeroForOne: boolean): Crossing | null {
  const after = { ...from }
  const fee = BigInt(swapFeeOf(pool, zeroForOne))
  let [takes, gives] = [0n, 0n]
  for (;;) {
    const stop = stopAhead(pool, after, zeroForOne)
    if (stop === null || stop.target !== stop.sqrt) return null
    const step = wholeStep(after.sqrt, stop.target, after.liquidity, fee)
    takes += step.takes
    gives += step.gives
    pass(after, stop, zeroForOne)
    if (stop.ahead !== null) return { takes, gives, after }
  }
}
