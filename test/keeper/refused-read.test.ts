import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Liar, startLiar } from './liar.ts'
import { type Live, type Rig, rig } from './rig.ts'

describe('a node that refuses one kind of read', () => {
  let world: Rig
  let liar: Liar
  let keeper: Live
  let [refused, balances] = [0, 0]
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
    liar = await startLiar(world.sandbox.nodeUrl)
    keeper = await world.live(liar.before((await world.configure()).config))
  })
  afterAll(async () => {
    await world?.end()
    await liar?.stop()
  })

  it('is told of, and lanes are looked after and whom a fall would bring is reserved for all the same', async () => {
    liar.lie = ({ method }, answer) => {
      if (method === 'eth_getBalance') balances += 1
      if (method !== 'eth_call') return answer
      refused += 1
      return { id: answer.id, error: { code: -32000, message: 'missing trie node' } }
    }
    await world.price('WETH', 3_000)
    const mirror = keeper.keeper.mirror()
    for (let block = 0; block < 12; block += 1) {
      // As a deposit's log does.
      for (const { key } of mirror.modules.strategies)
        for (const { id } of mirror.books.shelf(key).positions())
          mirror.markStale(key, { markets: [], positions: [id] })
      await keeper.block()
    }
    expect(mirror.hasStale()).toBe(true)
    expect(refused).toBeGreaterThan(0)
    expect(balances).toBeGreaterThanOrEqual(12)
    expect(keeper.journal.select({ streams: ['reservation'] }).length).toBeGreaterThan(0)
  })
})
