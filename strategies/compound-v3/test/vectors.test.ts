import { describe, expect, it } from 'vitest'
import { absorb } from '../absorb.ts'
import { accrued, isForSale, reservesOf } from '../accrued.ts'
import { presentValue, rateAt, utilisation } from '../math.ts'
import { quoteCollateral, salesTerms } from '../quote.ts'
import { isAccount, type Totals } from '../records.ts'
import { nowIn, standingOf } from '../standing.ts'
import { address, type Case, exp, kinked, sceneOf } from './cases.ts'

/**
 * Figures that the protocol's own tests expect (github.com/compound-finance/comet, test/ at d5a30b0a): each is named after
 * the file it is from.
 */
const [comp, weth, wbtc] = [address('1'), address('2'), address('3')]
const portfolio = [
  { asset: comp, decimals: 18, price: 175 },
  { asset: weth, decimals: 18, price: 3_000 },
  { asset: wbtc, decimals: 8, price: 41_000 },
]
const nowOf = (of: Case) => {
  const scene = sceneOf(of)
  return { scene, now: nowIn(scene, scene.market)! }
}

describe('interest-rate-test', () => {
  const supply = kinked(0.8, 0, 0.04, 0.4)
  const borrow = kinked(0.8, 0.01, 0.05, 0.3)
  /** To 1e8 of 1e18 a year, the precision the protocol's own test asks for. */
  const isAbout = (rate: bigint, yearly: number): void => {
    const off = rate * 31_536_000n - exp(yearly, 18)
    expect(off < 0n ? -off : off).toBeLessThanOrEqual(10n ** 8n)
  }
  it.each([
    ['below the kink', [500n, 2n], [25n, 4n], 0.1, 0.004, 0.015],
    ['above the kink', [50n, 2n], [30n, 3n], 0.9, 0.072, 0.08],
    ['with nothing borrowed', [50n, 2n], [0n, 3n], 0, 0, 0.01],
  ] as const)('%s', (_where, [supplied, supplyIndex], [borrowed, borrowIndex], use, supplyRate, borrowRate) => {
    const index = 10n ** 15n
    const at = utilisation(presentValue(supplied, supplyIndex * index), presentValue(borrowed, borrowIndex * index))
    expect(at).toBe(exp(use, 18))
    isAbout(rateAt(supply, at), supplyRate)
    isAbout(rateAt(borrow, at), borrowRate)
  })
})

describe('accrue-test', () => {
  it.each([
    ['11,000 wei of each', 11_000n, 11_000n],
    ['14,000 and 13,000 tokens', 14_000_000_000n, 13_000_000_000n],
  ])('indices grow by rate times time, in one step: %s', (_what, supplied, borrowed) => {
    const of: Case = {
      supplyRate: kinked(0.8, 0, 0.05, 2),
      borrowRate: kinked(0.8, 0.005, 0.1, 3),
      assets: [],
      totals: { supplied, borrowed },
      timestamp: 1_000,
    }
    const { now } = nowOf(of)
    const use = (borrowed * 10n ** 18n) / supplied
    const grown = (rate: bigint): bigint => 10n ** 15n + (10n ** 15n * (rate * 1_000n)) / 10n ** 18n
    expect(now.totals.data).toMatchObject({
      supplyIndex: grown(rateAt(now.comet.supplyRate, use)),
      borrowIndex: grown(rateAt(now.comet.borrowRate, use)),
      accruedAt: 1_000,
    })
    expect(now.totals.data.borrowIndex).toBeGreaterThan(10n ** 15n)
  })

  it('nothing grows in no time', () => {
    const totals = { ...nowOf({ assets: [] }).now.totals.data, supplied: 1_000n, borrowed: 1_000n, accruedAt: 5 }
    expect(accrued(nowOf({ assets: [] }).now.comet, totals, 5)).toEqual(totals)
  })
})

describe('reserves-test', () => {
  const index = 10n ** 15n
  it.each([
    ['none', 100n, 4n, 25n, 3n, 0n, 0n],
    ['positive', 100n, 2n, 50n, 5n, 10n, 50n],
    ['negative', 0n, 2n, 50n, 3n, 0n, -100n],
  ])('%s', (_what, cash, supplyIndex, supplied, borrowIndex, borrowed, reserves) => {
    const totals: Partial<Totals> = { supplied, borrowed, cash }
    const { now } = nowOf({
      assets: [],
      totals: { ...totals, supplyIndex: supplyIndex * index, borrowIndex: borrowIndex * index },
    })
    expect(reservesOf(now.totals.data)).toBe(reserves)
    expect(isForSale({ ...now.comet, targetReserves: 0n }, reserves)).toBe(reserves < 0n)
  })
})

describe('quote-collateral-test and buy-collateral-test', () => {
  const quoted = (price: number, factor: number, front: number, base: bigint): bigint => {
    const assets = [{ asset: comp, decimals: 18, price, liquidationFactor: factor }]
    const { now } = nowOf({ assets, storeFrontPriceFactor: front })
    return quoteCollateral(salesTerms(now.comet, now.comet.assets[0]!, exp(1, 8), exp(price, 8))!, base)
  }
  it.each([
    ['a discount of a fifth', 200, 0.6, 0.5, exp(200, 6), exp(1.25, 18)],
    ['nothing for nothing', 200, 1, 1, 0n, 0n],
    ['market price where buyers get no part of the penalty', 200, 0.6, 0, exp(200, 6), exp(1, 18)],
    ['no digit lost on the way', 9, 0.8, 0.5, exp(810, 6), exp(100, 18)],
    ['a quadrillion dollars', 200, 0.75, 0.8, 10n ** 21n, 625n * 10n ** 28n],
    ['a tenth off', 1, 0.8, 0.5, exp(50, 6), 55_555_555_555_555_555_555n],
  ])('%s', (_what, price, factor, front, base, units) => {
    expect(quoted(price, factor, front, base)).toBe(units)
  })
})

describe('is-liquidatable-test', () => {
  const owing = (units: number, price: number, factor = 1): boolean => {
    const assets = [{ asset: comp, decimals: 18, price, liquidateCollateralFactor: factor }]
    const holds: Record<string, bigint> = units === 0 ? {} : { [comp]: exp(units, 18) }
    const { scene, now } = nowOf({ assets, accounts: { a: { principal: exp(100_000, 6), holds } } })
    const account = [...scene.book.positions()].find(isAccount)!
    const standing = standingOf(scene, now, account.data)
    return 'missing' in standing ? false : standing.isLiquidatable
  }
  it('owing without collateral', () => expect(owing(0, 1)).toBe(true))
  it('as much collateral as debt', () => expect(owing(100_000, 1)).toBe(false))
  it('less collateral than debt', () => expect(owing(95_000, 1)).toBe(true))
  it('collateral that counts for four fifths', () => expect(owing(100_000, 1, 0.8)).toBe(true))
  it('collateral that lost half its price', () => expect(owing(100_000, 0.5)).toBe(true))
})

describe('absorb-test', () => {
  const absorbedOf = (of: Case) => {
    const { scene, now } = nowOf(of)
    const done = absorb(scene, now, [...scene.book.positions()].filter(isAccount))
    return 'absorbed' in done ? done : expect.fail('nothing was absorbed')
  }

  it('3 accounts with collateral', () => {
    const done = absorbedOf({
      assets: portfolio,
      totals: { supplied: 4n * 10n ** 21n, borrowed: 3n * 10n ** 21n },
      accounts: {
        a: { principal: exp(1, 6), holds: { [comp]: exp(1, 12) } },
        b: { principal: exp(1, 12), holds: { [comp]: exp(10, 18), [weth]: exp(1, 18) } },
        d: { principal: exp(1, 18), holds: { [comp]: exp(10_000, 18), [weth]: exp(50, 18), [wbtc]: exp(50, 8) } },
      },
    })
    expect(done.totals.supplied).toBe(4n * 10n ** 21n)
    expect(done.totals.borrowed).toBe(3n * 10n ** 21n - exp(1, 18) - exp(1, 12) - exp(1, 6))
    expect(reservesOf(done.totals)).toBe(-(10n ** 21n) - exp(1, 6) - exp(1, 12) - exp(1, 18))
    expect([...done.seized.values()]).toEqual([exp(1, 12) + exp(10, 18) + exp(10_000, 18), exp(51, 18), exp(50, 8)])
  })

  it('an account whose collateral is credited at more than its debt: the rest becomes its supply', () => {
    const debt = exp(41_000, 6) + exp(3_000, 6) + exp(175, 6) - 1n
    const done = absorbedOf({
      assets: portfolio.map((one) => ({ ...one, liquidateCollateralFactor: 0.666_666 })),
      totals: { borrowed: debt },
      accounts: { a: { principal: debt, holds: { [comp]: exp(1, 18), [weth]: exp(1, 18), [wbtc]: exp(1, 8) } } },
    })
    expect(done.totals).toMatchObject({ supplied: 1n, borrowed: 0n })
    expect(reservesOf(done.totals)).toBe(-1n)
    expect(done.absorbed.map(({ badDebt }) => badDebt)).toEqual([0n])
  })
})
