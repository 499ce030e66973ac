import { bounds, type Clearable } from './clearable.ts'
import { fillAll, type Point } from './point.ts'

/** Of the slope at the beginning: where so little is left, it is far enough. */
const flat = 0.2

/**
 * Goes from `from` along the direction (in logarithms of price) to where the slope has all but vanished, and leaves `to`
 * there: the far side of a kink is never jumped over. `false` where the direction does not lead down.
 */
export function alongLine(what: Clearable, from: Point, to: Point, direction: Float64Array, triesMax: number): boolean {
  const begin = slopeOf(from, direction)
  if (!(begin < 0)) return false
  const enough = flat * begin
  let [low, sLow] = [0, begin]
  let far = 1
  let s = at(what, from, to, direction, far)
  for (let i = 0; i < 24 && s < enough; i += 1) {
    ;[low, sLow] = [far, s]
    far *= 3
    const next = at(what, from, to, direction, far)
    if (next === s) return true
    s = next
  }
  if (Math.abs(s) <= -enough) return true
  let [high, sHigh] = [far, s]
  let across = far
  for (let i = 0; i < triesMax && Math.abs(s) > -enough; i += 1) {
    far = i % 4 === 3 ? (low + high) / 2 : (low * sHigh - high * sLow) / (sHigh - sLow)
    s = at(what, from, to, direction, far)
    if (s < 0) [low, sLow, sHigh] = [far, s, sHigh / 2]
    else [high, sHigh, sLow, across] = [far, s, sLow / 2, far]
  }
  // Across a kink there is a pool that was not used before it: from there Newton knows more.
  if (far !== across) at(what, from, to, direction, across)
  if (to.value >= from.value) at(what, from, to, direction, low)
  return true
}

/** Moves `to` so far, prices kept within their bounds; the slope there. */
function at(what: Clearable, from: Point, to: Point, direction: Float64Array, far: number): number {
  const { first } = what
  for (let token = 0; token < first.length; token += 1) {
    const root = from.roots[token] ?? 0
    const by = direction[token] ?? 0
    if (by === 0) {
      to.roots[token] = root
      continue
    }
    const middle = Math.sqrt(first[token] ?? 0)
    const moved = root * Math.exp(0.5 * far * by)
    to.roots[token] = Math.min(middle * bounds.high, Math.max(middle * bounds.low, moved))
  }
  fillAll(what, to)
  return slopeOf(to, direction)
}

function slopeOf({ over }: Point, direction: Float64Array): number {
  let sum = 0
  for (let token = 0; token < over.length; token += 1) sum += (over[token] ?? 0) * (direction[token] ?? 0)
  return sum
}
