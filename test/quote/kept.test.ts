import { expect, test } from 'vitest'
import { seeded } from '../../sandbox/uniswap-chain.ts'
import { amount } from '../../src/core/numbers.ts'
import type { PoolEntry } from '../../src/quote/exchange.ts'
import { factor, solve } from '../../src/quote/ldl.ts'
import { quote } from '../../src/quote/plan.ts'
import { randomCase } from './random-case.ts'
import { requestOf } from './stub.ts'

const seed = Number(process.env.SEED ?? 5)

/** The same pools as nobody has seen them before: records and modules of their own. */
const unseen = (pools: readonly PoolEntry[]): readonly PoolEntry[] =>
  pools.map(({ venue, module, pool }) => {
    const { ticks } = pool.data as { ticks?: readonly object[] }
    const data = { ...pool.data, ...(ticks === undefined ? {} : { ticks: ticks.map((tick) => ({ ...tick })) }) }
    return { venue, module: { ...module }, pool: { ...pool, data } } as PoolEntry
  })

test('what is kept between decisions changes none: pools that moved are quoted as if never seen', () => {
  process.stdout.write(`seed ${seed}\n`)
  let moves = 0
  for (let i = 0; i < 40; i += 1) {
    const random = seeded(seed * 1_000 + i)
    const one = randomCase(random, 1 + (i % 3))
    let pools = one.pools
    for (let block = 0; block < 3; block += 1) {
      const kept = quote(requestOf(one.stubs, pools, one))
      const anew = quote(requestOf(one.stubs, unseen(pools), one))
      expect(kept.plans, `case ${i}, block ${block}`).toEqual(anew.plans)
      pools = pools.map((entry) => {
        const token = entry.module.tokens(entry.pool)[random() < 0.5 ? 0 : 1]
        const sold = entry.module.curve(entry.pool, token)
        const done =
          random() < 0.5 || sold.length === 0
            ? null
            : entry.module.sell(entry.pool, token, amount(BigInt(Math.ceil(((sold[2] ?? 0) / (sold[0] ?? 1)) * 0.01))))
        moves += done === null ? 0 : 1
        return done === null ? entry : { ...entry, pool: done.after }
      })
    }
  }
  expect(moves).toBeGreaterThan(100)
})

test('a grounded Laplacian is factored and solved', () => {
  const random = seeded(seed)
  for (let size = 1; size < 12; size += 1) {
    const matrix = new Float64Array(size * size)
    for (let i = 0; i < size; i += 1) {
      matrix[i * size + i]! += i === 0 ? 1 : 0
      for (let j = 0; j < i; j += 1) {
        const weight = random() < 0.5 && j > 0 ? 0 : 10 ** (random() * 6)
        for (const [row, column, sign] of [
          [i, i, 1],
          [j, j, 1],
          [i, j, -1],
          [j, i, -1],
        ] as const)
          matrix[row * size + column]! += sign * weight
      }
    }
    const right = Float64Array.from({ length: size }, () => random() - 0.5)
    const [factored, solution] = [matrix.slice(), right.slice()]
    expect(factor(factored, size)).toBe(true)
    solve(factored, size, solution)
    for (let i = 0; i < size; i += 1) {
      let sum = 0
      let most = 0
      for (let j = 0; j < size; j += 1) {
        sum += matrix[i * size + j]! * solution[j]!
        most = Math.max(most, Math.abs(matrix[i * size + j]! * solution[j]!))
      }
      expect(Math.abs(sum - right[i]!)).toBeLessThan(1e-9 * (1 + most))
    }
    if (size > 1) expect(factor(new Float64Array(size * size), size)).toBe(false)
  }
})
