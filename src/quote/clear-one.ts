import { bounds, type Clearable } from './clearable.ts'
import { excessOf } from './point.ts'

/**
 * Sets one token's price to where its excess is nothing, the others' held: its excess rises with its own price, so a
 * bracket and a secant on it find the place. The price stays within its bounds. Works on √ν, in logarithms of ν.
 */
export function clearOne(what: Clearable, roots: Float64Array, token: number, enough: number): void {
  const middle = Math.log(what.first[token] ?? 1)
  const [least, most] = [middle + 2 * Math.log(bounds.low), middle + 2 * Math.log(bounds.high)]
  const at = (log: number): number => {
    roots[token] = Math.exp(log / 2)
    return excessOf(what, roots, token)
  }
  const price = (): number => (roots[token] ?? 0) ** 2
  const begin = Math.min(most, Math.max(least, 2 * Math.log(roots[token] ?? 1)))
  let z = at(begin)
  if (Math.abs(z) * price() <= enough * 0.1) return
  let [inner, zInner] = [begin, z]
  let [outer, zOuter] = [begin, z]
  const limit = z > 0 ? least : most
  for (let step = 1e-3; zOuter > 0 === z > 0 && zOuter !== 0; step *= 4) {
    ;[inner, zInner] = [outer, zOuter]
    if (outer === limit) return
    outer = z > 0 ? Math.max(limit, outer - step) : Math.min(limit, outer + step)
    zOuter = at(outer)
  }
  // Illinois: a secant that cannot stall, on a bracket.
  for (let i = 0; i < 60 && Math.abs(outer - inner) > 1e-14 && zOuter !== 0; i += 1) {
    const between = i % 8 === 7 ? (inner + outer) / 2 : (inner * zOuter - outer * zInner) / (zOuter - zInner)
    z = at(between)
    if (Math.abs(z) * price() <= enough * 0.05) return
    if (z > 0 === zOuter > 0) zInner /= 2
    else [inner, zInner] = [outer, zOuter]
    ;[outer, zOuter] = [between, z]
  }
  at(outer)
}
