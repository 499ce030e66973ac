import { describe, expect, it } from 'vitest'
import { RAY } from '#core/numbers.ts'
import type { AccountData, Holding } from '../../strategies/aave-v3/account-data.ts'
import { type Case, liquidate } from '../../strategies/aave-v3/liquidation.ts'
import { type Rounding, roundings } from '../../strategies/aave-v3/rounding.ts'
import { holdingOf } from './support/holding.ts'

/** Liquidations on Ethereum, collateral and debt in the same asset; bonus, fee and balance as the log fixes them. */
const onChain = [
  { asset: 'WBTC, block 23416680', repay: 402_949n, seize: 421_081n, bonus: 10_500n, fee: 1_000n, balance: null },
  {
    asset: 'USDC, block 23549990',
    repay: 96_737_148n,
    seize: 100_219_685n,
    bonus: 10_450n,
    fee: 2_000n,
    balance: 101_090_319n,
  },
  {
    asset: 'WETH, block 23598345',
    repay: 38_310_323_841_570_308n,
    seize: 38_655_116_756_144_441n,
    bonus: 10_100n,
    fee: 1_000n,
    balance: null,
  },
  {
    asset: 'USDT, block 23549992',
    repay: 2_856_644_232n,
    seize: 2_972_338_323n,
    bonus: 10_450n,
    fee: 1_000n,
    balance: null,
  },
] as const

describe('figures of liquidations on the chain', () => {
  it.each(onChain)('gives what the log of $asset says, with the rounding of 3.5 and 3.6', (vector) => {
    const { repay, seize } = liquidate(
      caseOf(vector, roundings['v3.5']),
      vector.balance === null ? vector.repay : vector.repay * 2n,
    )
    expect({ repay, seize }).toEqual({ repay: vector.repay, seize: vector.seize })
  })

  it('needs the debt rounded up when all collateral is taken: 3.4 asks one unit less or none', () => {
    const usdc = onChain[1]
    const capped = 101_090_319n
    expect(roundings['v3.5'].debtNeeded(capped, usdc.bonus)).toBe(96_737_148n)
    expect(roundings['v3.4'].debtNeeded(capped, usdc.bonus)).toBe(
      96_737_148n - 1n + (halfRoundsUp(capped, usdc.bonus) ? 1n : 0n),
    )
  })
})

describe('the health factor of a position on Base at block 30672597', () => {
  const collateral = 14_533_942_611n
  const debt = 12_084_228_335n
  const weighted = collateral * 8_300n

  it('is 998257566191544493 by the formula of 3.3', () => {
    expect(roundings['v3.3'].healthFactor(collateral, weighted, debt)).toBe(998_257_566_191_544_493n)
  })

  it('is another number by the formula of 3.5', () => {
    expect(roundings['v3.5'].healthFactor(collateral, weighted, debt)).toBe(998_257_566_202_302_316n)
  })
})

const halfRoundsUp = (value: bigint, bonus: bigint): boolean => ((value * 10_000n) % bonus) * 2n >= bonus

function caseOf(vector: (typeof onChain)[number], rounding: Rounding): Case {
  const collateral: Holding = holdingOf({
    bonusBps: vector.bonus,
    feeBps: vector.fee,
    price: 100_000_000n,
    unit: 1_000_000n,
    collateral: vector.balance ?? vector.repay * 100n,
  })
  const debt = holdingOf({ price: 100_000_000n, unit: 1_000_000n, debt: vector.repay * 10n })
  const data: AccountData = {
    rounding,
    emode: null,
    commonPrice: null,
    holdings: [collateral, debt],
    collateral: 1n,
    debt: 1n,
    weighted: 1n,
    healthFactor: RAY / 2_000_000_000n,
  }
  return { data, collateral, debt }
}
