import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Rig, rig } from './rig.ts'

describe('from inclusion to finality', () => {
  let world: Rig
  beforeAll(async () => {
    world = await rig({ borrowers: 'few' })
  })
  afterAll(() => world.end())

  it('what landed is final once it is too deep for a reorg, and a restart before that goes on where it was', async () => {
    const { config } = await world.configure({ finalityBlocks: 4 })
    const first = await world.live(config)
    await world.price('WETH', 2_600)
    await first.block()
    await first.block()
    const landed = first.attempts().filter(({ status }) => status === 'included')
    expect(landed.length).toBeGreaterThan(0)
    expect(first.attempts().some(({ status }) => status === 'final')).toBe(false)
    await first.stop()

    const second = await world.live(config)
    for (let blocks = 0; blocks < 6; blocks += 1) await second.block()
    for (const { plan } of landed) {
      const told = second
        .attempts()
        .filter((one) => one.plan === plan)
        .map(({ status }) => status)
      expect(told.filter((status) => status === 'included')).toHaveLength(1)
      expect(told.at(-1)).toBe('final')
    }
    expect(second.faults).toEqual([])
    await second.stop()
  })
})
