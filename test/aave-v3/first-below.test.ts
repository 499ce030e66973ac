import { describe, expect, it } from 'vitest'
import { randomOf } from '../../sandbox/random.ts'
import { firstBelow } from '../../strategies/aave-v3/first-below.ts'

const seed = Number(process.env.SEED ?? 7)
const from = 1_780_000_000
const horizon = 30 * 86_400

describe('the first second below zero', () => {
  it(`is that of a look at every second, in few looks (seed ${seed})`, () => {
    const random = randomOf(seed)
    let [looks, found] = [0, 0]
    for (let round = 0; round < 400; round += 1) {
      const to = from + random.whole(1, 4_000)
      const [start, fall, bend] = [random.big(0n, 10n ** 6n), random.big(0n, 3_000n), random.big(0n, 2n)]
      const unit = random.one([1n, 10n, 1_000n])
      // Concave, and in steps of a unit: rounded down, as amounts are.
      const figureAt = (second: number): bigint => {
        const passed = BigInt(second - from)
        return ((start - fall * passed - (bend * passed * passed) / 16n) / unit) * unit
      }
      const counted = (second: number): bigint => {
        looks += 1
        return figureAt(second)
      }
      let first: number | null = null
      for (let second = from + 1; second <= to && first === null; second += 1) if (figureAt(second) < 0n) first = second
      expect(firstBelow(counted, from, to), `seed ${seed}, round ${round}`).toBe(first)
      if (first !== null) found += 1
    }
    expect(found).toBeGreaterThan(100)
    expect(looks / 400).toBeLessThan(24)
  })

  it('is found where rounding lets the figure jitter about the line', () => {
    const figureAt = (second: number): bigint => BigInt(from + 5_000 - second) + (second % 2 === 0 ? 2n : -2n)
    const first = Array.from({ length: horizon }, (_, at) => from + at + 1).find((second) => figureAt(second) < 0n)
    expect(firstBelow(figureAt, from, from + horizon)).toBe(first)
  })

  it('is none where it is below from the start, or not below at the end', () => {
    expect(firstBelow(() => -1n, from, from + 10)).toBeNull()
    expect(firstBelow(() => 0n, from, from + 10)).toBeNull()
  })
})
