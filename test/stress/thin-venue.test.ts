import { expect, test } from 'vitest'
import { pairOf, poolOf, token } from '../../sandbox/pool-records.ts'
import { randomOf } from '../../sandbox/random.ts'
import { fillTo } from '../../src/core/curve.ts'
import { amount } from '../../src/core/numbers.ts'
import { thinVenue } from '../../src/stress/thin-venue.ts'

const e18 = 10n ** 18n
const [A, B] = [token(1), token(2)]
const seed = Number(process.env.SEED ?? 7)

test(`a pool with a share of its liquidity begins at the same price and moves as a smaller one (seed ${seed})`, () => {
  const random = randomOf(seed)
  for (let at = 0; at < 50; at += 1) {
    const [x, y] = [BigInt(random.whole(1_000, 100_000)) * e18, BigInt(random.whole(1_000, 100_000)) * e18]
    const quarter = pairOf(A, B, x / 4n, y / 4n)
    const whole = pairOf(A, B, x, y)
    const thin = thinVenue(whole.module, 0.25)
    const sold = amount(x / BigInt(random.whole(5, 5_000)))
    const got = thin.sell(whole.pool, A, sold)!.bought
    const wanted = quarter.module.sell(quarter.pool, A, sold)!.bought
    expect(Number(got - wanted)).toBeCloseTo(0, -1)
    expect(thin.curve(whole.pool, A)[0]).toBe(whole.module.curve(whole.pool, A)[0])
    const price = thin.curve(whole.pool, A)[0]! ** 2 * 0.8
    const fills = [fillTo(thin.curve(whole.pool, A), price), fillTo(quarter.module.curve(quarter.pool, A), price)]
    expect(fills[0]!.sold / fills[1]!.sold).toBeCloseTo(1, 9)
    expect(fills[0]!.bought / fills[1]!.bought).toBeCloseTo(1, 9)
  }
})

test('ranges of a concentrated pool keep their places', () => {
  const { module, pool } = poolOf(A, B, 1, [
    { width: 600, liquidity: 10n ** 22n },
    { width: 6_000, liquidity: 10n ** 21n },
  ])
  const thin = thinVenue(module, 0.5)
  const [whole, half] = [module.sell(pool, A, amount(2n * e18)), thin.sell(pool, A, amount(e18))]
  expect(half!.bought).toBe(whole!.bought / 2n)
  expect(half!.after).toEqual(whole!.after)
})
