import { expect, test } from 'vitest'
import { amount } from '../../src/core/numbers.ts'
import type { Lender, PoolEntry } from '../../src/quote/exchange.ts'
import { quote } from '../../src/quote/plan.ts'
import { lenderOf, pairOf, requestOf, token, upTo, W } from './stub.ts'

const e18 = 10n ** 18n
const [C, D] = [token(1), token(2)]
const manager = token(903)

/** Lends so much and no more, out of what it holds for pools. */
function lenderWith(cash: bigint): Lender {
  const lender = lenderOf()
  const lends: Lender['module']['lends'] = (_book, _asset, wanted) =>
    wanted <= cash ? { lender: manager, fee: amount(0n) } : null
  return { ...lender, module: { ...lender.module, lends } }
}
const held = (entry: PoolEntry): PoolEntry => ({ ...entry, module: { ...entry.module, holder: manager } })

/** Collateral is sold for what is owed by a deep pool of the lender's, or by a shallow one. */
function legsWith(cash: bigint, others: readonly PoolEntry[]): readonly string[] {
  const stub = { id: 'a', collateral: C, debt: D, num: 11n, den: 10n, segments: upTo(100n * e18) }
  const deep = held(pairOf(C, D, 100_000n * e18, 100_000n * e18))
  const pools = [deep, ...others, pairOf(D, W, 100_000n * e18, 100_000n * e18)]
  const [plan] = quote(requestOf([stub], pools, { lenders: [lenderWith(cash)] })).plans
  return (plan?.legs ?? []).map(({ pool }) => (pool === (deep.pool.id as string) ? 'deep' : 'other'))
}

test('who lends and holds a pool pays it out of what is left', () => {
  const shallow = () => [pairOf(C, D, 3_000n * e18, 3_000n * e18)]
  expect(legsWith(10_000n * e18, shallow())).toContain('deep')
  // 100 are lent, some 109 would be bought.
  const short = legsWith(150n * e18, shallow())
  expect(short.length).toBeGreaterThan(0)
  expect(short).not.toContain('deep')
  expect(legsWith(150n * e18, [])).toEqual([])
  expect(legsWith(300n * e18, [])).toContain('deep')
})
