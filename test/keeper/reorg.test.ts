import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attemptRows } from '../../src/cli/attempt-rows.ts'
import { expectAsFresh } from './as-fresh.ts'
import { type Live, type Rig, rig } from './rig.ts'

describe('a reorg', () => {
  let world: Rig
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
  })
  afterAll(() => world?.end())

  const start = async (): Promise<Live> => {
    const { config } = await world.configure()
    // A reorg must not reach back to the executor's own deployment.
    for (let blocks = 0; blocks < 3; blocks += 1) await world.sandbox.mine()
    return world.live(config)
  }
  /** The last blocks are replaced by empty ones, of the same number: what was in them is gone. */
  const reorg = async (keeper: Live, depth: number): Promise<void> => {
    await world.sandbox.rpc.request('anvil_reorg', [depth, []])
    await keeper.block()
  }
  const fates = (keeper: Live, plan: string): readonly string[] =>
    keeper.attempts().flatMap((event) => (event.plan === plan ? [event.status] : []))

  it('takes back a block that held our bundle: the attempt is unwound, decided anew, and the book is as if read fresh', async () => {
    const keeper = await start()
    await world.price('WETH', 2_800)
    await keeper.block()
    await keeper.block()
    const first = keeper.intents().filter(({ plan }) => fates(keeper, plan).includes('included'))
    expect(first.length).toBeGreaterThan(0)
    await reorg(keeper, 1)
    for (const { plan } of first) expect(fates(keeper, plan)).toEqual(expect.arrayContaining(['included', 'unwound']))
    for (const { plan } of first) expect(fates(keeper, plan).at(-1)).toBe('dropped')
    await keeper.block()
    await keeper.block()
    const again = keeper.intents().filter(({ plan, steps }) => {
      const isSame = steps.some(({ position }) => first[0]?.steps.some((step) => step.position === position))
      return isSame && fates(keeper, plan).at(-1) === 'included'
    })
    expect(again.map(({ plan }) => plan)).not.toEqual([])
    for (const { plan } of again) expect(first.map((one) => one.plan)).not.toContain(plan)
    const rows = attemptRows(keeper.journal.select({ streams: ['intent', 'attempt', 'receipt'] }))
    for (const { plan } of first) expect(rows.find((row) => row.plan === plan)?.net.actual).toBeNull()
    const metrics = await keeper.observe.metricsText()
    const metric = (name: string): number =>
      [...metrics.matchAll(new RegExp(`${name}{via="bundle"[^}]*} (.*)`, 'g'))].reduce(
        (sum, [, at]) => sum + Number(at),
        0,
      )
    const realised = rows.reduce((sum, { net }) => sum + (net.actual ?? 0n), 0n)
    const counted = metric('plimsoll_realised_profit_ether_total') - metric('plimsoll_unwound_profit_ether_total')
    expect(counted).toBeCloseTo(Number(realised) / 1e18, 9)
    await expectAsFresh(world, keeper)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('takes back the price itself: who is above the line again is left alone', async () => {
    const keeper = await start()
    await keeper.block()
    const before = keeper.intents().length
    await world.price('WBTC', 50_000)
    await keeper.block()
    expect(keeper.intents().length).toBeGreaterThan(before)
    await reorg(keeper, 1)
    const decided = keeper.intents().length
    await keeper.block()
    await keeper.block()
    expect(keeper.intents().length).toBe(decided)
    expect(keeper.attempts().at(-1)?.status).toBe('dropped')
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('keeps the book right through forks of several blocks with pools and prices moving', async () => {
    const keeper = await start()
    let dollars = 3_000
    for (const depth of [3, 2]) {
      for (let block = 0; block < depth + 1; block += 1) {
        dollars += 25
        await world.price('WETH', dollars)
        await keeper.block()
      }
      await reorg(keeper, depth)
      await world.price('LINK', 15 + depth / 10)
      await keeper.block()
    }
    await expectAsFresh(world, keeper)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('of the very block it began at makes it read everything anew, and go on', async () => {
    const keeper = await start()
    const synced = keeper.lines.filter((line) => line.includes('"event":"synced"')).length
    await world.sandbox.rpc.request('anvil_reorg', [2, []])
    await keeper.block()
    await keeper.block()
    expect(keeper.lines.filter((line) => line.includes('"event":"synced"')).length).toBeGreaterThan(synced)
    await expectAsFresh(world, keeper)
    await world.price('WETH', 2_500)
    await keeper.block()
    await keeper.block()
    expect(keeper.attempts().some(({ status }) => status === 'included')).toBe(true)
    await keeper.stop()
  })
})
