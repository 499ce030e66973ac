import { type Clearing, clear } from './clear.ts'
import { worthOf } from './clearable.ts'
import { curvatureOf } from './curvature.ts'
import type { Graph } from './exchange.ts'

/** Net of every token at the two ends of one segment of one step: what is handed over less what is owed. */
export type Span = { readonly from: Float64Array; readonly to: Float64Array }
/** `shares[i]` of the way from one end of `spans[i]` to the other. */
export type Sizing = { readonly shares: readonly number[]; readonly clearing: Clearing }

const newtonMax = 14
const sweepsMax = 400
/** Of the whole: beside it nothing needs to be exact. */
const negligible = 1e-5

/**
 * The sizes at which the sum of all sells best. The value is concave in the shares, and its gradient is the clearing
 * prices times what a share adds (envelope theorem: κ·ν_collateral − (1+φ)·ν_debt), so that mostly one clearing at
 * the caps decides; else a root-find for one step, and projected Newton for several. `near`: shares to begin from where
 * there are many. Floats: integers are recomputed.
 */
export function size(
  graph: Graph,
  spans: readonly Span[],
  closed: Uint8Array,
  first: Float64Array,
  start: Float64Array = first,
  near: readonly number[] | null = null,
): Sizing {
  const deltas = spans.map(({ from, to }) => to.map((one, token) => one - (from[token] ?? 0)))
  const whole = spans.reduce((sum, { from, to }) => sum + Math.max(worthOf(from, first), worthOf(to, first)), 0)
  let warm = start
  const at = (shares: readonly number[]): Point => {
    const balances = new Float64Array(graph.tokens.length)
    spans.forEach(({ from }, i) => {
      for (let token = 0; token < balances.length; token += 1)
        balances[token] = (balances[token] ?? 0) + (from[token] ?? 0) + (shares[i] ?? 0) * (deltas[i]?.[token] ?? 0)
    })
    const scale = worthOf(balances, first) + whole * negligible
    const clearing = clear({ graph, balances, closed, first, scale }, warm)
    warm = clearing.prices
    const gradient = deltas.map((delta) =>
      delta.reduce((sum, one, token) => sum + one * (clearing.prices[token] ?? 0), 0),
    )
    return {
      shares,
      clearing,
      gradient,
      bend: () => curvatureOf({ graph, balances, closed, first, scale }, clearing, deltas),
    }
  }
  const caps = at(spans.map(() => 1))
  if (caps.gradient.every((one) => one >= 0)) return caps
  if (spans.length === 1) return sizeOne(at, caps)
  const known = near === null || near.every((share) => share >= 1) ? caps : at(near)
  return sizeSeveral(at, known.clearing.value > caps.clearing.value ? known : caps)
}

type Point = Sizing & { readonly gradient: readonly number[]; readonly bend: () => Float64Array | null }
type At = (shares: readonly number[]) => Point

/** The gradient falls along the segment: at the end where it has one sign only, or at its root. */
function sizeOne(at: At, cap: Point): Point {
  let low = at([0])
  if ((low.gradient[0] ?? 0) <= 0) return low
  let high = cap
  let [gLow, gHigh] = [low.gradient[0] ?? 0, high.gradient[0] ?? 0]
  const scale = Math.max(gLow, -gHigh)
  for (let i = 0; i < 40; i += 1) {
    const [a, b] = [low.shares[0] ?? 0, high.shares[0] ?? 1]
    if (b - a < 1e-12) break
    const between = i % 4 === 3 ? (a + b) / 2 : a + ((b - a) * gLow) / (gLow - gHigh)
    const point = at([between])
    const g = point.gradient[0] ?? 0
    if (Math.abs(g) <= scale * 1e-10) return point
    if (g > 0) {
      low = point
      gLow = g
      gHigh /= 2
    } else {
      high = point
      gHigh = g
      gLow /= 2
    }
  }
  return low.clearing.value >= high.clearing.value ? low : high
}

/** Projected Newton on the box of shares, every step checked to be upwards. */
function sizeSeveral(at: At, cap: Point): Point {
  let best = cap
  for (let i = 0; i < newtonMax; i += 1) {
    if (pull(best) <= Math.abs(best.clearing.value) * 1e-11) break
    const next = newtonStep(at, best) ?? eachAlone(at, best)
    if (next.clearing.value <= best.clearing.value * (1 + 1e-13)) break
    best = next
  }
  return best
}

/** By how much the value could still rise at the present slope, inside the box. */
const pull = ({ gradient, shares }: Point): number =>
  gradient.reduce((sum, g, i) => sum + (g > 0 ? g * (1 - (shares[i] ?? 0)) : -g * (shares[i] ?? 0)), 0)

function newtonStep(at: At, from: Point): Point | null {
  const bends = from.bend()
  if (bends === null) return null
  const step = boxStep(bends, from)
  for (let part = 1; part > 1e-3; part /= 3) {
    const point = at(from.shares.map((share, i) => Math.min(1, Math.max(0, share + part * (step[i] ?? 0)))))
    if (point.clearing.value > from.clearing.value) return point
  }
  return null
}

/** The top of the quadratic inside the box, one share after the other. */
function boxStep(bends: Float64Array, from: Point): Float64Array {
  const { shares, gradient } = from
  const count = shares.length
  let typical = pull(from) * 1e-3
  for (let i = 0; i < count; i += 1) typical = Math.max(typical, Math.abs(bends[i * count + i] ?? 0))
  for (let i = 0; i < count; i += 1) bends[i * count + i] = (bends[i * count + i] ?? 0) - typical * 1e-9
  const step = new Float64Array(count)
  const slopes = Float64Array.from(gradient)
  for (let sweep = 0; sweep < sweepsMax; sweep += 1) {
    let moved = 0
    for (let i = 0; i < count; i += 1) {
      const share = shares[i] ?? 0
      const old = step[i] ?? 0
      const curve = Math.min(bends[i * count + i] ?? 0, -typical * 1e-12)
      const by = Math.min(1 - share, Math.max(-share, old - (slopes[i] ?? 0) / curve)) - old
      if (by === 0) continue
      for (let j = 0; j < count; j += 1) slopes[j] = (slopes[j] ?? 0) + (bends[j * count + i] ?? 0) * by
      moved = Math.max(moved, Math.abs(by))
      step[i] = old + by
    }
    if (moved < 1e-12) break
  }
  return step
}

/** Where Newton's step does not rise (a kink between ranges): one share after the other. */
function eachAlone(at: At, from: Point): Point {
  let point = from
  for (const i of from.shares.keys()) {
    const along: At = ([share]) => {
      const there = at(point.shares.map((one, j) => (j === i ? (share ?? 0) : one)))
      return { ...there, shares: [share ?? 0], gradient: [there.gradient[i] ?? 0] }
    }
    const top = along([1])
    const best = (top.gradient[0] ?? 0) >= 0 ? top : sizeOne(along, top)
    const moved = at(point.shares.map((one, j) => (j === i ? (best.shares[0] ?? 0) : one)))
    if (moved.clearing.value > point.clearing.value) point = moved
  }
  return point
}
