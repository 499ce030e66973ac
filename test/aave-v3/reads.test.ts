import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { View } from '#core/world.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { accountId, isPool } from '../../strategies/aave-v3/records.ts'
import { apply, bookOf, bootstrapped, headView, strategyFor } from './support/chain.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few', aave: ['3.6'] })
})
afterAll(async () => sandbox?.stop())

/** A view that counts what is asked of it. */
function counted(view: View): { readonly view: View; readonly count: { rounds: number; calls: number } } {
  const count = { rounds: 0, calls: 0 }
  const call: View['call'] = (calls) => {
    count.rounds += calls.length > 0 ? 1 : 0
    count.calls += calls.length
    return view.call(calls)
  }
  return { view: { ...view, call }, count }
}

describe('what is read of the chain', () => {
  it('depends on what a block touched, not on how many positions there are', async () => {
    const strategy = strategyFor(sandbox.addresses.aave['3.6'].provider)
    const { view, count } = counted(await headView(sandbox.rpc))
    const shelf = await bootstrapped(strategy, view)
    const watched = strategy.watches(bookOf(shelf))
    const [first] = [...bookOf(shelf).positions()]
    const pool = [...bookOf(shelf).markets()].find(isPool)!
    const costOf = async (): Promise<object> => {
      count.rounds = 0
      count.calls = 0
      await strategy.refresh(view, bookOf(shelf), { markets: [], positions: [first!.id] })
      return { ...count }
    }
    const few = await costOf()
    for (let at = 0; at < 5_000; at += 1) {
      const owner = `0x${(0x10000 + at).toString(16).padStart(40, '0')}` as NonNullable<typeof first>['owner'] & string
      apply(shelf, [{ op: 'put-position', position: { ...first!, id: accountId(pool.data.pool, owner), owner } }])
    }
    expect(await costOf()).toEqual(few)
    expect(few).toEqual({ rounds: 2, calls: 4 })
    expect(strategy.watches(bookOf(shelf))).toEqual(watched)
    expect(await strategy.refresh(view, bookOf(shelf), { markets: [], positions: [] })).toEqual([])
  })
})
