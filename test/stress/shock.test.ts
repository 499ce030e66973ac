import { describe, expect, it } from 'vitest'
import { parseCondition } from '../../src/stress/fail-if.ts'
import { factorAt, groupOf, parseShock } from '../../src/stress/shock.ts'

const scenario = (shocks: readonly string[], depegs: readonly string[] = []) => ({
  shocks: shocks.map(parseShock),
  depegs: depegs.map(parseShock),
})

describe('a shock', () => {
  it('names a group by ETH or BTC, and one symbol by any other name', () => {
    expect(['WETH', 'wstETH', 'rETH', 'cbBTC', 'WBTC', 'tBTC', 'LINK', 'ETHFI'].map(groupOf)).toEqual([
      'ETH',
      'ETH',
      'ETH',
      'BTC',
      'BTC',
      'BTC',
      'LINK',
      'ETHFI',
    ])
    const one = scenario(['ETH=-30%', 'link=-50%'])
    expect(['WSTETH', 'WETH', 'LINK', 'WBTC'].map((symbol) => factorAt(one, symbol, 1))).toEqual([0.7, 0.7, 0.5, 1])
  })

  it('comes in parts, a depeg whole; where both name a token, both hold', () => {
    const both = scenario(['ETH=-30%'], ['WSTETH=-10%'])
    expect(factorAt(both, 'WSTETH', 0.5)).toBeCloseTo(0.85 * 0.9, 12)
    expect(factorAt(both, 'WETH', 0.5)).toBeCloseTo(0.85, 12)
    expect(factorAt(both, 'WSTETH', 0)).toBeCloseTo(0.9, 12)
  })

  it('may rise', () => expect(factorAt(scenario(['LINK=+50%']), 'LINK', 1)).toBe(1.5))
})

describe('a condition', () => {
  const step = { badDebtUsd: 5, liquidatableUsd: 9, liquidatedUsd: 2, unprofitableUsd: 1, toxic: ['a'] }
  const report = { steps: [step, { ...step, badDebtUsd: 3 }], rehearsals: [] } as never
  it('is of the worst step, of the sum of what was liquidated', () => {
    const holds = (text: string): boolean => parseCondition(text).holds(report)
    expect(holds('bad_debt_usd > 4')).toBe(true)
    expect(holds('bad_debt_usd>=5.1')).toBe(false)
    expect(holds('liquidated_usd >= 4')).toBe(true)
    expect(holds('toxic_positions < 1')).toBe(false)
    expect(holds('stranded_positions > 0')).toBe(false)
  })
})
