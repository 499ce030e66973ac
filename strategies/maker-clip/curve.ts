import { RAY } from '#core/numbers.ts'
import type { Auction, Curve, Ilk } from './records.ts'

/**
 * `x` to the `n`, both x and the result in ray, each product rounded half up. Source: `rpow` of dss abaci (PR 78): by
 * squaring, the low bits of `n` first.
 */
export function rpow(x: bigint, n: bigint): bigint {
  const half = RAY / 2n
  let base = x
  let result = n % 2n === 1n ? x : RAY
  for (let left = n / 2n; left > 0n; left /= 2n) {
    base = (base * base + half) / RAY
    if (left % 2n === 1n) result = (result * base + half) / RAY
  }
  return result
}

/** Ray, after so many seconds, each step rounded down as dss abaci does; `null` where the contract would revert. */
export function priceAfter(curve: Curve, top: bigint, seconds: bigint): bigint | null {
  if (curve.shape === 'none') return null
  if (curve.shape === 'linear') {
    return seconds >= curve.tau ? 0n : (top * (((curve.tau - seconds) * RAY) / curve.tau)) / RAY
  }
  if (curve.shape === 'stair' && curve.step === 0n) return null
  return (top * rpow(curve.cut, curve.shape === 'stair' ? seconds / curve.step : seconds)) / RAY
}

export type Status = { readonly price: bigint; readonly needsRedo: boolean }

/** `Clipper.status` at a second, and `getStatus`; `null` where it reverts. */
export function statusAt(ilk: Ilk, { top, tic }: Pick<Auction, 'top' | 'tic'>, second: number): Status | null {
  const seconds = BigInt(second - tic)
  const price = seconds < 0n || top === 0n ? null : priceAfter(ilk.curve, top, seconds)
  if (price === null) return null
  return { price, needsRedo: seconds > ilk.tail || (price * RAY) / top < ilk.cusp }
}
