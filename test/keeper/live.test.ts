import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Rig, rig } from './rig.ts'

describe('a keeper on the private chain', () => {
  let world: Rig
  beforeAll(async () => {
    world = await rig({ borrowers: 'few' })
  })
  afterAll(() => world.end())

  it('dry run: acts are journaled, and nothing is sent', async () => {
    const { config } = await world.configure({ dryRun: true })
    const before = world.sandbox.sends()
    const keeper = await world.live(config)
    await world.price('WETH', 2_600)
    await keeper.block()
    await keeper.block()
    expect(world.sandbox.sends() - before).toBe(0)
    const acts = keeper.journal.select({ streams: ['verdict'] }).filter(({ record }) => record.do === 'act')
    expect(acts.length).toBeGreaterThan(0)
    expect(new Set(keeper.attempts().map(({ status, detail }) => `${status}: ${detail}`))).toEqual(
      new Set(['withheld: dry run: nothing is sent']),
    )
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('live: bundles land in the block they are for, and come out as foreseen to the wei', async () => {
    const { config } = await world.configure()
    const keeper = await world.live(config)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    const landed = keeper.attempts().filter(({ status }) => status === 'included')
    expect(landed.length).toBeGreaterThan(0)
    for (const { record } of keeper.journal.select({ streams: ['receipt'] })) {
      const { exactness, gained } = record as unknown as { exactness: Record<string, unknown>; gained: bigint }
      expect(exactness).toMatchObject({ isComparable: true, profit: 0n })
      expect(
        new Set([
          ...(exactness.repay as bigint[]),
          ...(exactness.seize as bigint[]),
          ...(exactness.swapOut as bigint[]),
        ]),
      ).toEqual(new Set([0n]))
      expect(gained).toBeGreaterThan(0n)
    }
    expect(keeper.intents().every((intent) => intent.readsWhileDeciding === 0)).toBe(true)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })
})
