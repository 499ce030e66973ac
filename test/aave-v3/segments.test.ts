import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RAY, WAD } from '#core/numbers.ts'
import { type Case, liquidate, refusal } from '../../strategies/aave-v3/liquidation.ts'
import { type RoundingName, roundings } from '../../strategies/aave-v3/rounding.ts'
import { acceptedInputs } from '../../strategies/aave-v3/segments.ts'
import { holdingOf } from './support/holding.ts'

const usd = 1_000_000n
const plenty = 10n ** 40n

/** Collateral and debt in dollars of 6 decimals at $1, at a health factor in hundredths. */
function caseOf(version: RoundingName, collateralUsd: bigint, debtUsd: bigint, healthHundredths: bigint): Case {
  const collateral = holdingOf({ slot: 0, collateral: collateralUsd * usd })
  const debt = holdingOf({ slot: 1, debt: debtUsd * usd })
  return {
    collateral,
    debt,
    data: {
      rounding: roundings[version],
      emode: null,
      commonPrice: null,
      holdings: [collateral, debt],
      collateral: collateral.collateralBase,
      debt: debtUsd * 100_000_000n,
      weighted: collateral.collateralBase * 8_000n,
      healthFactor: (healthHundredths * WAD) / 100n,
    },
  }
}

describe('the inputs a pool accepts', () => {
  it('are up to half of the debt above 0.95 on 3.0, in one piece', () => {
    expect(acceptedInputs(caseOf('v3.0', 12_000n, 10_000n, 96n), plenty).segments).toEqual([
      { from: 1n, to: 5_000n * usd },
    ])
  })

  it('are up to all of it at 0.95 and below', () => {
    expect(acceptedInputs(caseOf('v3.0', 12_000n, 10_000n, 95n), plenty).segments).toEqual([
      { from: 1n, to: 10_000n * usd },
    ])
  })

  it('have a gap below the full amount from 3.3 on: what is left must be 1,000 or nothing', () => {
    const { segments } = acceptedInputs(caseOf('v3.5', 20_000n, 3_000n, 90n), plenty)
    expect(segments).toEqual([
      { from: 1n, to: 2_000n * usd },
      { from: 3_000n * usd, to: 3_000n * usd },
    ])
  })

  it('are the full amount alone for a debt below 1,000', () => {
    expect(acceptedInputs(caseOf('v3.5', 20_000n, 900n, 97n), plenty).segments).toEqual([
      { from: 900n * usd, to: 900n * usd },
    ])
  })

  it('end where the collateral is used up', () => {
    const { segments, wholeFrom } = acceptedInputs(caseOf('v3.5', 4_200n, 10_000n, 50n), plenty)
    expect(segments.at(-1)?.to).toBe(wholeFrom)
    expect(liquidate(caseOf('v3.5', 4_200n, 10_000n, 50n), wholeFrom ?? 0n)).toMatchObject({
      repay: 4_000n * usd,
      seize: 4_200n * usd,
    })
  })

  it('stop where the reserve has no more cash', () => {
    const on = caseOf('v3.0', 12_000n, 10_000n, 90n)
    const [first] = acceptedInputs(on, 1_050n * usd).segments
    expect(first?.to).toBe(1_000n * usd)
    expect(acceptedInputs(on, 0n).segments).toEqual([])
  })

  it.each(['v3.0', 'v3.3', 'v3.5', 'v3.7'] as const)('agree with trying every input, on %s', (version) => {
    const small = fc.record({
      collateral: fc.bigInt(1n, 120n),
      debt: fc.bigInt(1n, 120n),
      collateralPrice: fc.bigInt(1n, 60n).map((p) => p * 1_000_000_000_000n),
      debtPrice: fc.bigInt(1n, 60n).map((p) => p * 1_000_000_000_000n),
      health: fc.constantFrom(90n, 96n),
      feeBps: fc.constantFrom(0n, 1_000n),
      index: fc.constantFrom(RAY, (RAY * 23n) / 10n),
    })
    fc.assert(
      fc.property(small, (shape) => {
        const { index } = shape
        const collateral = holdingOf({
          slot: 0,
          collateral: shape.collateral,
          price: shape.collateralPrice,
          feeBps: shape.feeBps,
          index,
        })
        const debt = holdingOf({ slot: 1, debt: shape.debt, price: shape.debtPrice, index })
        const debtBase = (shape.debt * shape.debtPrice) / usd
        const data = {
          rounding: roundings[version],
          emode: null,
          commonPrice: null,
          holdings: [collateral, debt],
          collateral: collateral.collateralBase,
          debt: debtBase,
          weighted: 0n,
          healthFactor: (shape.health * WAD) / 100n,
        }
        const on: Case = { data, collateral, debt }
        const { segments } = acceptedInputs(on, plenty)
        const inside = (input: bigint): boolean => segments.some(({ from, to }) => from <= input && input <= to)
        const last = segments.at(-1)?.to ?? 0n
        for (let input = 1n; input <= shape.debt + 2n; input += 1n) {
          const accepted = refusal(on, liquidate(on, input)) === null
          // Beyond the last end an accepted input is only clamped to the end's own outcome.
          if (input > last && accepted) expect(liquidate(on, input)).toEqual(liquidate(on, last))
          else expect(inside(input), `input ${input}`).toBe(accepted)
        }
      }),
      { seed: 7, numRuns: 400 },
    )
  })
})
