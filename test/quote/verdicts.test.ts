import { expect, test } from 'vitest'
import { amount } from '../../src/core/numbers.ts'
import type { Opportunity } from '../../src/core/opportunity.ts'
import { gasFreeProfit, type Plan } from '../../src/core/plan.ts'
import type { Instruction } from '../../src/core/program.ts'
import { quote } from '../../src/quote/plan.ts'
import { lenderOf, pairOf, poolOf, requestOf, type Stub, token, upTo, W } from './stub.ts'

const e18 = 10n ** 18n
const [C, D, H, X] = [token(1), token(2), token(3), token(4)]
const gwei = 10n ** 9n
/** Five per cent at even prices. */
const stub = (id: string, collateral = C, debt = D, full = 10n * e18, rest: Partial<Stub> = {}): Stub => ({
  id,
  collateral,
  debt,
  num: 105n,
  den: 100n,
  segments: upTo(full),
  ...rest,
})
const deep = (a = C, b = W, depth = 10_000n) => pairOf(a, b, depth * e18, depth * e18)
const reasons = (skips: readonly { reason: string }[]): string[] => skips.map(({ reason }) => reason)

test('collateral that no pool leads from is skipped for no route', () => {
  const { plans, skips } = quote(requestOf([stub('a', X)], [deep(), deep(D)]))
  expect(plans).toEqual([])
  expect(reasons(skips)).toEqual(['no-route'])
})

test('a debt that nobody lends is skipped for no funding; where little is lent, little is taken', () => {
  const none = { ...lenderOf(), module: { ...lenderOf().module, lends: () => null } }
  const pools = [deep(), deep(D)]
  expect(reasons(quote(requestOf([stub('a')], pools, { lenders: [none] })).skips)).toEqual(['no-funding'])
  const little = {
    ...none,
    module: {
      ...none.module,
      lends: (_book: never, _asset: string, wanted: bigint) =>
        wanted <= 3n * e18 ? { lender: token(903), fee: amount(0n) } : null,
    },
  }
  const { plans } = quote(requestOf([stub('a')], pools, { lenders: [little] }))
  expect(plans[0]!.steps[0]!.input).toBe(3n * e18)
})

test('the cheaper lender is taken', () => {
  const dear = { ...lenderOf(5n), source: 'aave-v3' }
  const { plans } = quote(requestOf([stub('a')], [deep(), deep(D)], { lenders: [dear, lenderOf()] }))
  expect(plans[0]!.funding.map(({ source }) => source)).toEqual(['morpho'])
})

test('what does not pay its gas is skipped with its whole sum', () => {
  const small = stub('a', C, D, e18 / 1_000n)
  const { plans, skips } = quote(requestOf([small], [deep(), deep(D)], { gasPrice: 100n * gwei }))
  expect(plans).toEqual([])
  expect(reasons(skips)).toEqual(['unprofitable'])
  const { plan } = skips[0]!
  expect(plan!.sum.net).toBeLessThan(0n)
  expect(plan!.sum.net).toBe(gasFreeProfit(plan!.sum) + plan!.sum.gas)
})

test('a position for which others leave no room in the exit is crowded out', () => {
  // Five hundred each in a pool of ten thousand: one pays, whole, and leaves nothing to the other.
  const whole = [{ from: 220n * e18, to: 220n * e18 }]
  const both = [stub('a', C, W, 0n, { segments: whole }), stub('b', C, W, 0n, { segments: whole })]
  const { plans, skips } = quote(requestOf(both, [deep()]))
  expect(plans).toHaveLength(1)
  expect(plans[0]!.steps).toHaveLength(1)
  expect(reasons(skips)).toEqual(['crowded-out'])
  expect(skips[0]!.plan!.sum.net).toBeGreaterThan(0n)
})

test('a plan above the gas limit is skipped for it, and several are taken as far as they fit', () => {
  const pools = [deep(), deep(D)]
  expect(reasons(quote(requestOf([stub('a')], pools, { limit: 400_000 })).skips)).toEqual(['gas-limit'])
  const many = Array.from({ length: 6 }, (_, i) => stub(`p${i}`))
  const { plans, skips } = quote(requestOf(many, pools, { limit: 1_800_000 }))
  expect(plans).toHaveLength(1)
  expect(plans[0]!.steps).toHaveLength(3)
  expect(new Set(reasons(skips))).toEqual(new Set(['gas-limit']))
})

test('collateral and debt of one asset need no swap but for the profit', () => {
  const { plans } = quote(requestOf([stub('a', D, D), stub('b', W, W)], [deep(D)]))
  const [a, b] = ['a', 'b'].map((id) => plans.find(({ steps }) => steps.some((one) => one.opportunity.id === id))!)
  expect(a!.legs.map(({ sell }) => sell.amount)).toEqual([e18 / 2n])
  expect(b!.legs.filter(({ sell }) => sell.asset === W)).toEqual([])
  expect(gasFreeProfit(b!.sum)).toBeGreaterThanOrEqual(e18 / 2n)
})

test('collateral that is wrapped native is sold only as far as the debt needs', () => {
  const { plans } = quote(requestOf([stub('a', W, D)], [deep(D)]))
  const { legs, sum, steps } = plans[0]!
  expect(legs).toHaveLength(1)
  expect(legs[0]!.buy.amount).toBeGreaterThanOrEqual(steps[0]!.terms.repay)
  expect(legs[0]!.buy.amount).toBeLessThan(steps[0]!.terms.repay + 2n)
  expect(gasFreeProfit(sum)).toBe(steps[0]!.terms.seized[0]!.amount - legs[0]!.sell.amount)
})

test('a way over a hub is found, and split over pools where each has its price', () => {
  const pools = [deep(C, H), deep(C, H, 5_000n), poolOf(H, W, 1, [{ width: 600, liquidity: 20_000n * e18 }])]
  const { plans } = quote(requestOf([stub('a', C, W, 100n * e18)], pools))
  expect(plans[0]!.legs.map(({ sell }) => sell.asset)).toEqual([C, C, H])
  const [first, second, last] = plans[0]!.legs
  expect(first!.buy.amount + second!.buy.amount).toBe(last!.sell.amount)
})

test('pairs of one position exclude each other: the best is taken', () => {
  const pools = [deep(), deep(D), deep(H, W, 50n)]
  const request = requestOf([stub('a', C, D), stub('b', H, D)], pools)
  const [one, other] = request.candidates
  const same = { ...other!, opportunity: { ...other!.opportunity, positions: one!.opportunity.positions } }
  const { plans, skips } = quote({ ...request, candidates: [same, one!] })
  expect(plans.flatMap(({ steps }) => steps.map(({ opportunity }) => opportunity.id))).toEqual(['a'])
  expect(skips).toEqual([])
})

test('positions that share nothing are plans of their own, unless one transaction saves enough', () => {
  const pools = [deep(C, W), deep(H, W)]
  const request = requestOf([stub('a', C, W), stub('b', H, W)], pools, { gasPrice: gwei })
  expect(quote({ ...request, joinPpm: 10_000 }).plans).toHaveLength(2)
  expect(quote({ ...request, joinPpm: 0 }).plans).toHaveLength(1)
})

test('gas that was learned for the shape replaces the estimate', () => {
  const request = requestOf([stub('a')], [deep(), deep(D)], { gasPrice: gwei })
  const [before] = quote(request).plans
  const units = (shape: string): number | undefined => (shape === before!.shape ? 123_456 : undefined)
  const [after] = quote({ ...request, gas: { ...request.gas, units } }).plans
  expect(after!.gasUnits).toBe(123_456)
  expect(after!.sum.gas).toBe(-123_456n * gwei)
})

test('the same request gives the same plan, and its id follows from block and steps', () => {
  const request = requestOf([stub('a'), stub('b', H, D)], [deep(), deep(D), deep(H)])
  expect(quote(request)).toEqual(quote(request))
  const next = { ...request, block: { ...request.block, number: 2 } }
  expect(quote(next).plans[0]!.id).not.toBe(quote(request).plans[0]!.id)
})

test('with a cushion for drift more is borrowed, approved and bought back', () => {
  const request = { ...requestOf([stub('a')], [deep(), deep(D)]), driftPpm: 1_000 }
  const [plan] = quote(request).plans
  const { repay } = plan!.steps[0]!.terms
  const borrowed = repay + repay / 1_000n
  expect(plan!.funding[0]!.borrow.amount).toBe(borrowed)
  const act = flat(plan!.program).find((one) => one.op === 'act')
  expect(act).toMatchObject({ approve: { asset: D, amount: borrowed } })
  const back = plan!.legs.filter(({ buy }) => buy.asset === D).reduce((sum, { buy }) => sum + buy.amount, 0n)
  expect(back).toBeGreaterThanOrEqual(borrowed)
})

test('the program nests loans around steps and swaps; of several steps each may fail alone', () => {
  const pools = [deep(), deep(D), deep(H)]
  const [single] = quote(requestOf([stub('a')], pools)).plans
  expect(shapeOf(single!.program)).toBe('flash(act swap swap)')
  const [plan] = quote(requestOf([stub('a'), stub('b', C, H)], pools)).plans
  expect(shapeOf(plan!.program)).toMatch(/^flash\(flash\(try\(act\) try\(act\)( swap)+\)\)$/)
  for (const swap of flat(plan!.program)) if (swap.op === 'swap') expect(swap.minimum).toBe(0n)
})

const inside = (one: Instruction): readonly Instruction[] =>
  one.op === 'flash' || one.op === 'try' ? one.inside : one.op === 'act' ? (one.callback?.inside ?? []) : []
const flat = (program: Plan['program']): readonly Instruction[] => program.flatMap((one) => [one, ...flat(inside(one))])
const shapeOf = (program: Plan['program']): string =>
  program.map((one) => (inside(one).length > 0 ? `${one.op}(${shapeOf(inside(one))})` : one.op)).join(' ')

test('what an earlier step leaves is what a later one is judged by: less where it leaves less', () => {
  const request = requestOf([stub('a', C, W), stub('b', C, W)], [deep()])
  const less: Opportunity['feasible'] = { input: 'debtToCover', segments: [{ from: 1n, to: 4n * e18 }] }
  const candidates = request.candidates.map((one) => ({
    ...one,
    module: {
      ...one.module,
      assess: (...all: Parameters<typeof one.module.assess>) =>
        one.module.assess(...all).map((found) => ({ ...found, feasible: less })),
    },
  }))
  const module = candidates[0]!.module
  const [plan] = quote({ ...request, candidates: candidates.map((one) => ({ ...one, module })) }).plans
  expect(plan!.steps.map(({ input }) => input)).toEqual([10n * e18, 4n * e18])
})
