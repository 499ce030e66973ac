import { expect, test } from 'vitest'
import { gasFreeProfit } from '../../src/core/plan.ts'
import { quote } from '../../src/quote/plan.ts'
import { pairOf, poolOf, requestOf, type Stub, token, upTo, W } from './stub.ts'

const e18 = 10n ** 18n
const C = token(1)
/** κ = 1.05/2500: a bonus of 5 % at a price of 2,500. */
const position = (id: string, full = 10n ** 9n * e18): Stub => ({
  id,
  collateral: C,
  debt: W,
  num: 105n,
  den: 250_000n,
  segments: upTo(full),
})
const pair = () => pairOf(C, W, 10_000n * e18, 25_000_000n * e18)
/** One range without end, near enough: L = 5e6 at a price of 2,500. */
const range = () => poolOf(C, W, 2_500, [{ width: 400_000, liquidity: 5_000_000n * e18 }])
const units = (wei: bigint): number => Number(wei / 10n ** 12n) / 1e6

test('one position on a constant product pool: the interior optimum of the closed form', () => {
  const { plans } = quote(requestOf([position('a')], [pair()], { feeBps: 5n }))
  expect(units(plans[0]!.steps[0]!.input!)).toBeCloseTo(546_907.06, 1)
  expect(units(gasFreeProfit(plans[0]!.sum))).toBeCloseTo(12_531.08, 2)
})

test('one position on a range of Uniswap V3', () => {
  const { plans } = quote(requestOf([position('a')], [range()], { feeBps: 5n }))
  expect(units(plans[0]!.steps[0]!.input!)).toBeCloseTo(5_469_070.6, 0)
  expect(units(gasFreeProfit(plans[0]!.sum))).toBeCloseTo(125_310.83, 2)
})

test('both pools at one price: gains add up', () => {
  const { plans } = quote(requestOf([position('a')], [pair(), range()], { feeBps: 5n }))
  expect(plans[0]!.legs).toHaveLength(2)
  expect(units(gasFreeProfit(plans[0]!.sum))).toBeCloseTo(137_841.91, 2)
})

test('two positions on one pool: together what one makes, not twice what each makes alone', () => {
  const { plans } = quote(requestOf([position('a'), position('b')], [pair()], { feeBps: 5n }))
  expect(plans).toHaveLength(1)
  expect(units(gasFreeProfit(plans[0]!.sum))).toBeCloseTo(12_531.08, 2)
})

test('the terms of the sum are what was gained', () => {
  const D = token(2)
  const pools = [pairOf(C, D, 10_000n * e18, 25_000_000n * e18), pairOf(D, W, 25_000_000n * e18, 10_000n * e18)]
  const stub: Stub = { ...position('a', 100_000n * e18), debt: D }
  const { plans } = quote(requestOf([stub], pools, { gasPrice: 10n ** 9n }))
  const { sum, legs, funding, steps } = plans[0]!
  expect(legs).toHaveLength(2)
  expect(legs[0]!.buy.amount).toBe(legs[1]!.sell.amount + steps[0]!.terms.repay)
  expect(gasFreeProfit(sum)).toBe(legs[1]!.buy.amount)
  expect(sum.net).toBe(gasFreeProfit(sum) + sum.gas + sum.tip)
  expect(funding[0]!.borrow.amount).toBe(steps[0]!.terms.repay)
})
