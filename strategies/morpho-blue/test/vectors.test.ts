import { describe, expect, it } from 'vitest'
import { address } from '#core/address.ts'
import { WAD } from '#core/numbers.ts'
import { randomOf } from '../../../sandbox/random.ts'
import { borrowRate, jumps } from '../borrow-rate.ts'
import { exponential } from '../exponential.ts'
import {
  bySeizure,
  byShares,
  incentiveOf,
  seizureFor,
  seizureTaken,
  sharesFor,
  sharesForOne,
  sharesTaken,
  without,
  writtenOff,
} from '../liquidation.ts'
import { taylorCompounded, toAssetsUp } from '../math.ts'
import { oraclePrice } from '../oracle-price.ts'
import type { Blue } from '../records.ts'

const seed = 17

describe('figures of Morpho Blue on the chain', () => {
  /** Of markets on Ethereum. */
  it.each([
    [965n, 1_010_611_419_909_044_972n],
    [945n, 1_016_776_817_488_561_260n],
    [915n, 1_026_167_265_264_238_070n],
    [860n, 1_043_841_336_116_910_229n],
    [770n, 1_074_113_856_068_743_286n],
    [625n, 1_126_760_563_380_281_690n],
    [385n, 1_150_000_000_000_000_000n],
  ])('a line at %s thousandths pays %s', (lltv, incentive) => {
    expect(incentiveOf(lltv * 10n ** 15n)).toBe(incentive)
  })

  /**
   * 0xdc687eef…, block 26117092: all collateral of a market's only borrower taken, the rest written off. What was repaid
   * and written off are all there was: a round number of shares, by which the one borrower began.
   */
  it('leaves nothing of what its log says a loan of 2,524,786,854 had become', () => {
    const [repaidShares, badDebtShares] = [2_264_203_378_484_039n, 260_583_475_515_961n]
    const market = {
      ...emptyMarket,
      totalBorrowAssets: 2_275_905_348n + 261_930_235n,
      totalBorrowShares: repaidShares + badDebtShares,
    }
    expect(market.totalBorrowShares).toBe(2_524_786_854_000_000n)
    const loan = { collateral: WAD, borrowShares: market.totalBorrowShares, allows: [] }
    const repay = toAssetsUp(repaidShares, market)
    expect(repay).toBe(2_275_905_348n)
    const left = writtenOff(without(market, loan, { shares: repaidShares, repay, seize: WAD }))
    expect(left.written).toBe(261_930_235n)
    expect(left.loan).toEqual({ collateral: 0n, borrowShares: 0n, allows: [] })
    expect(left.market).toMatchObject({ totalBorrowAssets: 0n, totalBorrowShares: 0n })
  })
})

const nobody = address(`0x${'0'.repeat(40)}`)
const emptyMarket: Blue = {
  loan: nobody,
  collateral: nobody,
  oracle: { at: nobody, parts: null },
  irm: nobody,
  interest: 'none',
  lltv: (86n * WAD) / 100n,
  totalSupplyAssets: 10n ** 12n,
  totalSupplyShares: 10n ** 18n,
  totalBorrowAssets: 0n,
  totalBorrowShares: 0n,
  fee: 0n,
  updatedAt: 0,
  rateAtTarget: 0n,
  preLiquidations: [],
}

describe(`what goes for shares and what collateral costs (seed ${seed})`, () => {
  it('is undone exactly by the largest inputs, in 3,000 random markets', () => {
    const random = randomOf(seed)
    for (let at = 0; at < 3_000; at += 1) {
      const assets = random.big(0n, 10n ** BigInt(random.whole(1, 26)))
      const totals = { totalBorrowAssets: assets, totalBorrowShares: assets * random.big(500_000n, 1_000_000n) }
      const price = random.big(1n, 10n ** BigInt(random.whole(1, 48)))
      const exchange = { totals, price, incentive: random.big(WAD, (115n * WAD) / 100n) }
      const loan = {
        collateral: random.big(1n, 10n ** BigInt(random.whole(1, 26))),
        borrowShares: random.big(1n, totals.totalBorrowShares + 1n),
        allows: [],
      }
      const most = sharesFor(exchange, loan.collateral)
      expect(byShares(exchange, most).seize).toBeLessThanOrEqual(loan.collateral)
      expect(byShares(exchange, most + 1n).seize).toBeGreaterThan(loan.collateral)
      expect(byShares(exchange, sharesForOne(exchange)).seize).toBeGreaterThan(0n)
      expect(byShares(exchange, sharesForOne(exchange) - 1n).seize).toBe(0n)
      const seizure = seizureFor(exchange, loan.borrowShares, 10n ** 120n)
      if (seizure > 0n) expect(bySeizure(exchange, seizure).shares).toBeLessThanOrEqual(loan.borrowShares)
      expect(bySeizure(exchange, seizure + 1n).shares).toBeGreaterThan(loan.borrowShares)
    }
  })

  it('is nothing for shares, and all for nothing, at a price of 0', () => {
    const exchange = { totals: { totalBorrowAssets: 10n, totalBorrowShares: 10n }, price: 0n, incentive: WAD }
    const loan = { collateral: 7n, borrowShares: 5n, allows: [] }
    expect(sharesTaken(exchange, loan)).toBeNull()
    expect(seizureTaken(exchange, loan)).toEqual({ from: 1n, to: 7n })
    expect(bySeizure(exchange, 7n)).toEqual({ shares: 0n, repay: 0n, seize: 7n })
  })
})

describe('interest', () => {
  /** Written from the model's paper formulas, in floats: no code in common. */
  function independentRate(utilization: number, start: number, seconds: number): { average: number; end: number } {
    const year = 365 * 86_400
    const error = utilization > 0.9 ? (utilization - 0.9) / 0.1 : (utilization - 0.9) / 0.9
    const at = (second: number): number => {
      const rate = start * Math.exp(((50 * error) / year) * second)
      return Math.min(Math.max(rate, 0.001 / year), 2 / year)
    }
    const curve = (rate: number): number => (error < 0 ? (1 - 1 / 4) * error + 1 : (4 - 1) * error + 1) * rate
    return { average: curve((at(0) + at(seconds) + 2 * at(seconds / 2)) / 4), end: at(seconds) }
  }

  it(`by the curve agrees with its formula in floats, where both are smooth (seed ${seed})`, () => {
    const random = randomOf(seed)
    for (let at = 0; at < 2_000; at += 1) {
      const supplied = random.big(1n, 10n ** 30n)
      const utilization = random.fraction()
      const borrowed = (supplied * BigInt(Math.round(utilization * 1e9))) / 10n ** 9n
      const start = random.big(31_709_791n, 63_419_583_967n)
      const seconds = random.whole(1, 40_000_000)
      const found = borrowRate(
        { totalSupplyAssets: supplied, totalBorrowAssets: borrowed, rateAtTarget: start },
        BigInt(seconds),
      )
      const wanted = independentRate(Number(borrowed) / Number(supplied), Number(start) / 1e18, seconds)
      // Two terms of the exponential's series are up to a hundredth off between halvings.
      expect(Math.abs(Number(found.average) / 1e18 / wanted.average - 1)).toBeLessThan(0.012)
      expect(Math.abs(Number(found.rateAtTarget) / 1e18 / wanted.end - 1)).toBeLessThan(0.012)
    }
  })

  it('jumps where the exponential begins its next piece, and nowhere else by so much', () => {
    const market = { totalSupplyAssets: 10n ** 24n, totalBorrowAssets: 10n ** 20n, rateAtTarget: 10n ** 10n }
    const span = 15n * 86_400n
    const found = jumps(market, span)
    expect(found.length).toBe(4)
    const rate = (seconds: bigint): number => Number(borrowRate(market, seconds).average)
    for (const second of found) expect(1 - rate(second) / rate(second - 1n)).toBeGreaterThan(1e-4)
    for (let second = 1_000n; second < span; second += 997n)
      if (!found.includes(second)) expect(Math.abs(1 - rate(second) / rate(second - 1n))).toBeLessThan(1e-5)
  })

  it('knows the ends of the exponential', () => {
    expect(exponential(0n)).toBe(WAD)
    expect(exponential(-41_446_531_673_892_822_313n)).toBe(0n)
    expect(exponential(93_859_467_695_000_404_319n)).toBe(exponential(10n ** 24n))
  })

  it('is compounded by three terms', () => {
    expect(taylorCompounded(0n, 9n)).toBe(0n)
    expect(taylorCompounded(10n ** 17n, 2n)).toBe(2n * 10n ** 17n + 2n * 10n ** 16n + 1_333_333_333_333_333n)
  })
})

describe('the price of a standard oracle', () => {
  it('is rounded down, and none where it reverts', () => {
    expect(oraclePrice({ base: [7n], quote: [2n], scale: 3n })).toBe(10n)
    expect(oraclePrice({ base: [], quote: [], scale: 3n })).toBe(3n)
    expect(oraclePrice({ base: [0n], quote: [2n], scale: 3n })).toBe(0n)
    expect(oraclePrice({ base: [-1n], quote: [2n], scale: 3n })).toBeNull()
    expect(oraclePrice({ base: [-1n, -1n], quote: [2n], scale: 3n })).toBeNull()
    expect(oraclePrice({ base: [1n], quote: [0n], scale: 3n })).toBeNull()
    expect(oraclePrice({ base: [2n ** 200n, 2n ** 200n], quote: [1n], scale: 1n })).toBeNull()
    expect(oraclePrice({ base: [2n ** 255n], quote: [1n], scale: 2n })).toBeNull()
  })
})
