import type { Line } from '#core/feed.ts'
import { type Columns, zeroSide } from './columns.ts'

/**
 * A line's sign is all that counts, so it is divided by one of its debts, which then needs no weight. Weights are
 * 32-bit floats: half a unit of their last place is 6e-8 of a term, which the guard band covers four times over.
 */
export type PackedLine = {
  /** The side divided by is the last. */
  readonly sides: readonly number[]
  /** One fewer than sides. */
  readonly weights: readonly number[]
  /** See `allowances`. */
  readonly allowance: number
}

/** By the byte that a line keeps: none, then powers of two, to which an allowance is rounded up. */
export const allowances = Float64Array.from({ length: 256 }, (_, byte) => (byte === 0 ? 0 : 2 ** (byte - 128)))
export const termsMax = 24
/** Below it 32-bit floats lose places. */
const leastWeight = 2 ** -120

/** `null` for a line that does not fit: it is kept as it is. */
export function packLine({ terms, allowance }: Line, columns: Columns): PackedLine | null {
  const counted = terms.filter(({ weight }) => weight !== 0)
  const pivot = counted.reduce((most, { weight }, at) => (weight < (counted[most]?.weight ?? 0) ? at : most), -1)
  const scale = pivot < 0 ? 1 : -(counted[pivot]?.weight as number)
  const others = counted.filter((_, at) => at !== pivot)
  const weights = others.map(({ weight }) => Math.fround(weight / scale))
  const sides = [...others, ...counted.slice(pivot, pivot < 0 ? pivot : pivot + 1)].map(columns.sideOf)
  if (pivot < 0) sides.push(zeroSide)
  const exponent = allowance === 0 ? 0 : Math.max(1, Math.ceil(Math.log2(allowance / scale)) + 128)
  const isFit =
    sides.length <= termsMax &&
    sides.every((side) => side !== null) &&
    weights.every((weight) => Math.abs(weight) >= leastWeight && Number.isFinite(weight)) &&
    exponent >= 0 &&
    exponent < 256
  return isFit ? { sides: sides as number[], weights, allowance: exponent } : null
}
