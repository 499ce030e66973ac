import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Market } from '#core/book.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { prove } from '../../strategies/aave-v3/prove.ts'
import type { PoolRead } from '../../strategies/aave-v3/read-pool.ts'
import { type AavePosition, isPool, isReserve, type Pool } from '../../strategies/aave-v3/records.ts'
import type { RoundingName } from '../../strategies/aave-v3/rounding.ts'
import { bookOf, bootstrapped, headView, strategyFor } from './support/chain.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
})
afterAll(async () => sandbox?.stop())

async function provenAs(version: '3.0' | '3.6', changes: Partial<Pool>): Promise<Partial<Pool>> {
  const view = await headView(sandbox.rpc)
  const book = bookOf(await bootstrapped(strategyFor(sandbox.addresses.aave[version].provider), view))
  const market = [...book.markets()].find(isPool) as Market<Pool>
  const read: PoolRead = {
    pool: { ...market, data: { ...market.data, ...changes } },
    reserves: [...book.markets()].filter(isReserve),
  }
  const { rounding, proven } = (await prove(view, read, [...book.positions()] as AavePosition[])).data
  return { rounding, proven }
}

describe('the rounding of a pool', () => {
  it('is that of its revision where it reproduces the pool, and only then proven', async () => {
    expect(await provenAs('3.0', {})).toEqual({ rounding: 'v3.0', proven: true })
    expect(await provenAs('3.6', {})).toEqual({ rounding: 'v3.5', proven: true })
  })

  it.each<[string, number, RoundingName | null]>([
    ['a fork that numbers itself', 145, null],
    ['a fork whose number is another of Aave', 2, 'v3.0'],
  ])('is found by trial for %s, and stays unproven', async (_name, revision, rounding) => {
    expect(await provenAs('3.6', { revision, rounding })).toEqual({ rounding: 'v3.5', proven: false })
  })

  it('is unproven for a revision that was not fuzzed, though it reproduces the pool', async () => {
    expect(await provenAs('3.6', { revision: 9, rounding: 'v3.5' })).toEqual({ rounding: 'v3.5', proven: false })
  })
})
