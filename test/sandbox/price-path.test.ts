import { describe, expect, test } from 'vitest'
import { crashShape } from '../../sandbox/history/crash-shape.ts'
import { type PricePath, pricePath } from '../../sandbox/history/price-path.ts'
import { scheduleOf } from '../../sandbox/history/schedule.ts'
import type { TokenSymbol } from '../../sandbox/market-data.ts'

const HOUR = 3_600
const DAYS = 30
const seeds = Array.from({ length: 20 }, (_, at) => at + 1)
const paths = seeds.map((seed) => ({ seed, path: pricePath(seed, DAYS) }))
const ratio = (path: PricePath, symbol: TokenSymbol, from: number, to: number): number =>
  path.at(to)[symbol] / path.at(from)[symbol]
const moves = (path: PricePath, symbol: TokenSymbol): readonly number[] =>
  Array.from({ length: 24 }, (_, hour) => {
    const at = path.trough - (72 - hour) * HOUR
    return Math.log(ratio(path, symbol, at, at + HOUR))
  })
const deviation = (of: readonly number[]): number => {
  const mean = of.reduce((sum, one) => sum + one, 0) / of.length
  return Math.sqrt(of.reduce((sum, one) => sum + (one - mean) ** 2, 0) / of.length)
}
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const sum = a.map((one, at) => one + (b[at] ?? 0))
  return (deviation(sum) ** 2 - deviation(a) ** 2 - deviation(b) ** 2) / (2 * deviation(a) * deviation(b))
}

describe('the price path of a history', () => {
  test.each(paths)('falls as its shape says, from peak to trough: seed $seed', ({ path }) => {
    const { peak, trough } = path
    expect((trough - peak) / HOUR).toBe(crashShape.hours)
    expect(1 - ratio(path, 'WETH', peak, trough)).toBeCloseTo(crashShape.drop, 9)
    expect(1 - ratio(path, 'WBTC', peak, trough)).toBeCloseTo(1 - (1 - crashShape.drop) ** 0.7, 9)
    // What moves beside the fall is forgotten within hours, so that a day's fall is the shape's, within a tenth.
    expect(1 - ratio(path, 'WETH', trough - 24 * HOUR, trough)).toBeGreaterThan(crashShape.worstDay - 0.1)
    expect(1 - ratio(path, 'WETH', trough - 24 * HOUR, trough)).toBeLessThan(crashShape.worstDay + 0.1)
  })

  test('regains a part of it in a day, on average', () => {
    const regained = paths.map(
      ({ path }) => (ratio(path, 'WETH', path.peak, path.trough + 24 * HOUR) - (1 - crashShape.drop)) / crashShape.drop,
    )
    const mean = regained.reduce((sum, one) => sum + one, 0) / regained.length
    expect(mean).toBeGreaterThan(crashShape.rebound - 0.05)
    expect(mean).toBeLessThan(crashShape.rebound + 0.05)
  })

  test('staked ether and one dollar lose their peg near the trough, and find most of it again', () => {
    for (const { path } of paths) {
      const peg = (second: number): number => path.at(second).WSTETH / path.at(second).WETH / 1.2
      expect(peg(0)).toBeCloseTo(1, 9)
      expect(peg(path.trough + 2 * HOUR)).toBeCloseTo(crashShape.stakedLow, 9)
      expect(peg(path.trough + 72 * HOUR)).toBeGreaterThan(0.98)
      expect(path.at(path.trough + 2 * HOUR).DAI).toBeCloseTo(crashShape.dollarLow, 9)
      expect(path.at(path.trough).USDC).toBe(1)
    }
  })

  test('moves wilder in the fall, bitcoin more with ether than LINK', () => {
    const day = (path: PricePath, from: number): number =>
      deviation(
        Array.from({ length: 24 }, (_, hour) =>
          Math.log(ratio(path, 'WETH', from + hour * HOUR, from + (hour + 1) * HOUR)),
        ),
      )
    const mean = (of: (path: PricePath) => number): number =>
      paths.reduce((sum, { path }) => sum + of(path), 0) / paths.length
    expect(mean((path) => day(path, 24 * HOUR))).toBeLessThan(crashShape.calm * 1.4)
    expect(mean((path) => day(path, path.trough + 8 * HOUR))).toBeGreaterThan(crashShape.calm * 1.8)
    const bitcoin = mean((path) => correlation(moves(path, 'WETH'), moves(path, 'WBTC')))
    const link = mean((path) => correlation(moves(path, 'WETH'), moves(path, 'LINK')))
    expect(bitcoin).toBeGreaterThan(0.75)
    expect(link).toBeGreaterThan(0.5)
    expect(link).toBeLessThan(bitcoin)
  })

  test('is the same by the same seed, and another by another', () => {
    expect(pricePath(7, DAYS).at(1_234_567)).toEqual(pricePath(7, DAYS).at(1_234_567))
    expect(pricePath(7, DAYS).at(1_234_567).WETH).not.toBe(pricePath(8, DAYS).at(1_234_567).WETH)
  })
})

describe('the schedule of a history', () => {
  const path = pricePath(1, DAYS)
  test('has as many blocks as asked, in order, more than half of them around the trough', () => {
    const slots = scheduleOf(1, DAYS, 600, 12, path)
    expect(slots).toHaveLength(600)
    slots.slice(1).forEach(({ second, leaps }, at) => {
      const step = second - (slots[at]?.second ?? 0)
      expect(leaps ? step > 12 : step === 12).toBe(true)
    })
    const near = slots.filter(({ second }) => Math.abs(second - path.trough) < 86_400)
    expect(near.length).toBeGreaterThan(300)
    expect(slots.at(-1)?.second).toBeLessThanOrEqual(DAYS * 86_400)
  })
})
