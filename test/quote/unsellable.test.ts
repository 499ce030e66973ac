import { expect, test } from 'vitest'
import type { Asset } from '../../src/core/address.ts'
import { positionId } from '../../src/core/book.ts'
import { amount, wei } from '../../src/core/numbers.ts'
import { gasFreeProfit } from '../../src/core/plan.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import { type QuoteRequest, quote } from '../../src/quote/plan.ts'
import { pairOf, requestOf, token, upTo, W } from './stub.ts'

const e18 = 10n ** 18n
const [C, D, X] = [token(1), token(2), token(4)]
const stub = { id: 'batch', collateral: C, debt: D, num: 1n, den: 1n, segments: upTo(e18) }
const pools = [pairOf(C, W, 10_000n * e18, 10_000n * e18)]

type Gets = readonly (readonly [Asset, bigint])[]

/** Ways to take one position that pay nothing, and get so much of these; each takes one position more. */
function rewarded(...ways: readonly Gets[]): QuoteRequest {
  const request = requestOf([stub], pools)
  const [candidate] = request.candidates
  const module: Strategy = {
    ...candidate!.module,
    terms: (_scene, { data }) => ({
      ...{ repay: amount(0n), seized: [], badDebt: amount(0n), tags: [], after: [] },
      rewards: (data.gets as Gets).map(([asset, units]) => ({ asset, amount: amount(units) })),
    }),
  }
  const candidates = ways.map((gets, at) => ({
    ...{ ...candidate!, module },
    opportunity: {
      ...{ ...candidate!.opportunity, pays: null, feasible: null, capital: 'none' as const },
      id: `batch of ${at + 1}`,
      positions: Array.from({ length: at + 1 }, (_, number) => positionId(`${number}`)),
      gets: gets.map(([asset]) => asset),
      data: { gets },
    },
  }))
  return { ...request, candidates }
}

test('a reward in native currency is wrapped, and one that nothing can be sold for counts as nothing', () => {
  const { plans, skips } = quote(
    rewarded([
      ['native', 3n * e18],
      [X, 200n * e18],
    ]),
  )
  expect(skips).toEqual([])
  expect(plans).toHaveLength(1)
  const [plan] = plans
  expect(gasFreeProfit(plan!.sum)).toBe(3n * e18)
  expect(plan!.sum.rewards).toBe(3n * e18)
  expect(plan!.legs).toEqual([])
  expect(plan!.program.map(({ op }) => op)).toEqual(['act', 'wrap'])
})

test('beside one that can be sold it stays, and the other is sold', () => {
  const { plans } = quote(
    rewarded([
      [C, 3n * e18],
      [X, 200n * e18],
    ]),
  )
  expect(plans[0]!.legs.map(({ sell }) => sell.asset)).toEqual([C])
  expect(gasFreeProfit(plans[0]!.sum)).toBe(plans[0]!.legs[0]!.buy.amount)
})

test('where nothing it gets can be sold there is no route', () => {
  const { plans, skips } = quote(rewarded([[X, 200n * e18]]))
  expect(plans).toEqual([])
  expect(skips.map(({ reason }) => reason)).toEqual(['no-route'])
})

test('of batches that share positions gas picks: the longer one only where what it adds pays for it', () => {
  const request = rewarded([['native', e18 / 10n]], [['native', e18 / 10n + e18 / 1_000n]])
  const chosen = (gwei: bigint): readonly string[] =>
    quote({ ...request, gas: { ...request.gas, price: wei(gwei * 10n ** 9n) } }).plans.flatMap(({ steps }) =>
      steps.map(({ opportunity }) => opportunity.id),
    )
  expect(chosen(1n)).toEqual(['batch of 2'])
  expect(chosen(50n)).toEqual(['batch of 1'])
})
