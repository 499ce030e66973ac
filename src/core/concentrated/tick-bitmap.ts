import { MAX_TICK, MIN_TICK } from './tick-price.ts'

/** All words of the bitmap that can name a tick of this spacing. */
export function wordPositions(spacing: number): readonly number[] {
  const first = Math.trunc(MIN_TICK / spacing) >> 8
  const last = Math.trunc(MAX_TICK / spacing) >> 8
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** Which ticks a word names, by their place in it. */
export function bitsOf(map: bigint): readonly number[] {
  const bits: number[] = []
  if (map !== 0n) for (let bit = 0; bit < 256; bit += 1) if ((map >> BigInt(bit)) & 1n) bits.push(bit)
  return bits
}
