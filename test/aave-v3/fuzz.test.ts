import { describe, expect, it } from 'vitest'
import { fuzzAave } from '../fuzz/aave-v3/fuzz.ts'

const quiet = (): void => undefined

describe('the fuzzer on the real contracts', () => {
  it('finds no difference in 200 random cases', async () => {
    const report = await fuzzAave({ cases: 200, seed: 11, rounding: null, onProgress: quiet })
    expect(report.examples).toEqual([])
    expect(report).toMatchObject({ cases: 200, mismatched: 0 })
  })

  it.each(['v3.3', 'v3.4', 'v3.7'] as const)('finds fault with the rounding of %s', async (rounding) => {
    const { mismatched } = await fuzzAave({ cases: 80, seed: 11, rounding, onProgress: quiet })
    expect(mismatched).toBeGreaterThan(0)
  })
})
