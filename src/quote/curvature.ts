import { type Clearing, responses } from './clear.ts'
import type { Clearable } from './clearable.ts'

/**
 * How the gradient of the value bends in the shares, row by row: what a share adds moves the prices, and they move every
 * gradient: −dᵢᵀ H⁻¹ dⱼ, with d what a share adds in wrapped native and H the Hessian in ln ν. `null` at a kink.
 */
export function curvatureOf(what: Clearable, now: Clearing, deltas: readonly Float64Array[]): Float64Array | null {
  const count = deltas.length
  const worths = deltas.map((delta) => delta.map((one, token) => one * (now.prices[token] ?? 0)))
  const moves = responses(what, now, worths)
  if (moves === null) return null
  const bends = new Float64Array(count * count)
  for (const [i, move] of moves.entries())
    for (const [j, worth] of worths.entries()) {
      let sum = 0
      for (let token = 0; token < move.length; token += 1) sum += (move[token] ?? 0) * (worth[token] ?? 0)
      bends[i * count + j] = sum
    }
  return bends
}
