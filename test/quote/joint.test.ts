import { expect, test } from 'vitest'
import { seeded } from '../../sandbox/uniswap-chain.ts'
import { quote } from '../../src/quote/plan.ts'
import { exhaustive } from './exhaustive.ts'
import { randomCase } from './random-case.ts'
import { requestOf, sellableOf, W } from './stub.ts'

/** More of them: `node test/quote/joint-run.ts <seed> <cases> <positions> <sizes>`. */
const seed = Number(process.env.SEED ?? 31)

for (const { positions, cases, sizes, orders } of [
  { positions: 1, cases: 60, sizes: 40, orders: 'all' },
  { positions: 2, cases: 25, sizes: 20, orders: 'all' },
  { positions: 3, cases: 2, sizes: 20, orders: 'one' },
  { positions: 4, cases: 2, sizes: 4, orders: 'one' },
] as const)
  test(`${positions} positions sharing pools: never below exhaustive search, never negative`, () => {
    process.stdout.write(`seed ${seed}\n`)
    for (let i = 0; i < cases; i += 1) {
      const one = randomCase(seeded(seed * 1_000 + i), positions)
      const { plans } = quote(requestOf(one.stubs, one.pools, one))
      for (const { sum } of plans) expect(sum.net).toBeGreaterThan(0n)
      const net = plans.reduce((total, { sum }) => total + sum.net, 0n)
      expect(net, `case ${i}`).toBeGreaterThanOrEqual(
        exhaustive({ ...one, sellables: one.stubs.map(sellableOf), wrapped: W, sizes, orders }).net,
      )
    }
  }, 240_000)

test('thirty positions on the same pools: built up one by one, and no worse than any one left out', () => {
  const one = randomCase(seeded(seed), 30)
  const { plans, skips } = quote(requestOf(one.stubs, one.pools, one))
  const net = plans.reduce((total, { sum }) => total + sum.net, 0n)
  const taken = new Set(plans.flatMap(({ steps }) => steps.map(({ opportunity }) => opportunity.id)))
  const left = new Set(skips.flatMap(({ positions }) => positions))
  expect(taken.size + left.size).toBe(30)
  expect(net).toBeGreaterThan(0n)
  for (const id of taken) {
    const others = one.stubs.filter((stub) => taken.has(stub.id) && stub.id !== id)
    const fewer = quote(requestOf(others, one.pools, one)).plans.reduce((total, { sum }) => total + sum.net, 0n)
    expect(fewer).toBeLessThanOrEqual(net)
  }
})
