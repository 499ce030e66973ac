import { type Place, pass, stopAhead } from './place.ts'
import type { Pool, Tick } from './pool.ts'
import { swapStep } from './swap-step.ts'

/** A range between two initialised ticks passed whole: what it takes with its fees, gives, and where one is after it. */
export type Crossing = { readonly takes: bigint; readonly gives: bigint; readonly after: Place }
type Known = {
  readonly feePips: number
  /** By how many ticks lie below the range; `null`: it cannot be passed. */
  readonly down: (Crossing | null | undefined)[]
  readonly up: (Crossing | null | undefined)[]
}
/** They follow from ticks and fee alone, which swaps do not change: kept for as long as the ticks live. */
const known = new WeakMap<readonly Tick[], Known>()

/**
 * The range that begins at a tick just crossed; `null` elsewhere, and where nothing can be passed. Whatever is sold, a
 * range is passed whole exactly where what remains is no less than it takes: both its step and its fee are rounded up.
 */
export function crossingFrom(pool: Pool, place: Place, zeroForOne: boolean): Crossing | null {
  const { ticks, feePips } = pool
  const begins = zeroForOne ? ticks[place.at] : ticks[place.at - 1]
  if (begins === undefined || begins.sqrt !== place.sqrt) return null
  if (place.tick !== (zeroForOne ? begins.index - 1 : begins.index)) return null
  let kept = known.get(ticks)
  if (kept === undefined || kept.feePips !== feePips) {
    kept = { feePips, down: [], up: [] }
    known.set(ticks, kept)
  }
  const side = zeroForOne ? kept.down : kept.up
  const found = side[place.at]
  if (found !== undefined && (found === null || found.after.liquidity === liquidityAfter(pool, place, zeroForOne)))
    return found
  const crossing = cross(pool, place, zeroForOne)
  side[place.at] = crossing
  return crossing
}

/** A pool in hand may have another liquidity than the one these ticks were first seen with (a doctored one has). */
function liquidityAfter({ ticks }: Pool, { at, liquidity }: Place, zeroForOne: boolean): bigint {
  const end = zeroForOne ? ticks[at - 1] : ticks[at]
  return end === undefined ? liquidity : liquidity + (zeroForOne ? -end.net : end.net)
}

function cross(pool: Pool, from: Place, zeroForOne: boolean): Crossing | null {
  const after = { ...from }
  let [takes, gives] = [0n, 0n]
  for (;;) {
    const stop = stopAhead(pool, after, zeroForOne)
    if (stop === null || stop.target !== stop.sqrt) return null
    const { taken, fee, given } = swapStep(after.sqrt, stop.target, after.liquidity, null, BigInt(pool.feePips))
    takes += taken + fee
    gives += given
    pass(after, stop, zeroForOne)
    if (stop.ahead !== null) return { takes, gives, after }
  }
}
