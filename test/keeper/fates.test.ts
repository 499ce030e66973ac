import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Sum } from '#core/plan.ts'
import type { Config } from '../../src/config/config.ts'
import { type Liar, startLiar } from './liar.ts'
import { type Live, type Rig, rig } from './rig.ts'
import { type Tap, tapRelay } from './tap.ts'

describe('the fate of what was sent', () => {
  let world: Rig
  let tap: Tap
  let liar: Liar
  let config: Config
  let snapshot: unknown
  let lives = 0
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
    tap = await tapRelay(world.sandbox.relayUrl)
    liar = await startLiar(world.sandbox.nodeUrl)
    config = (await world.configure()).config
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
  })
  beforeEach(async () => {
    await world.sandbox.rpc.request('evm_revert', [snapshot])
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
    liar.lie = null
  })
  afterAll(async () => {
    await world?.end()
    await tap?.stop()
    await liar?.stop()
  })

  const start = (
    via: Config['submission']['via'],
    change: (config: Config) => Config = (same) => same,
  ): Promise<Live> =>
    world.live(
      change({
        ...config,
        journal: { ...config.journal, path: `${config.journal.path}.${++lives}` },
        submission: { ...config.submission, via },
      }),
    )
  const fates = (keeper: Live, at = 0): readonly string[] => {
    const plan = keeper.intents()[at]?.plan
    return keeper.attempts().flatMap((event) => (event.plan === plan ? [event.status] : []))
  }
  const actuals = (keeper: Live): readonly Sum[] =>
    keeper.journal
      .select({ streams: ['receipt'] })
      .map(({ record }) => (record as never as { receipt: { actual: Sum } }).receipt.actual)

  it('a builder that includes a bundle which reverts is found out: the loss is told, and counted', async () => {
    const keeper = await start('bundle', tap.before)
    const before = tap.sent.length
    await world.price('WETH', 2_800)
    await keeper.block()
    world.sandbox.relayFaults.missBlocks = 1
    await world.sandbox.movePoolsFirst({ WETH: 150_000_000_000n })
    for (const { raw } of tap.sent.slice(before)) await world.sandbox.rpc.request('eth_sendRawTransaction', [raw])
    await keeper.block()
    await keeper.block()
    expect(fates(keeper).at(-1)).toBe('reverted')
    expect(actuals(keeper)[0]?.net).toBeLessThan(0n)
    expect(await keeper.observe.metricsText()).toMatch(/plimsoll_realised_loss_ether_total{via="bundle"[^}]*} 0\.0/)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  for (const via of ['bundle', 'private', 'public'] as const) {
    it(`a node that leaves out our log hides no success by ${via}, and keeps no lane`, async () => {
      const keeper = await start(via, liar.before)
      await world.price('WETH', 2_800)
      await keeper.block()
      const executor = keeper.keeper.executor()
      liar.lie = ({ method, params }, answer) =>
        method === 'eth_getLogs' && JSON.stringify(params).includes(executor) ? { ...answer, result: [] } : answer
      await keeper.block()
      liar.lie = null
      await keeper.block()
      await keeper.block()
      expect(fates(keeper).at(-1)).toBe('included')
      expect(fates(keeper).filter((status) => status === 'included')).toHaveLength(1)
      expect(actuals(keeper)).toHaveLength(1)
      expect(actuals(keeper)[0]?.net).toBeGreaterThan(0n)
      const before = keeper.intents().length
      await world.price('WETH', 2_600)
      await keeper.block()
      expect(keeper.intents().length).toBeGreaterThan(before)
      await keeper.stop()
    })
  }

  it('a public transaction that the mempool forgot blocks its lane for some blocks and no longer', async () => {
    const one = (own: Config): Config => ({ ...own, keys: { ...own.keys, operators: own.keys.operators.slice(0, 1) } })
    const keeper = await start('public', one)
    await world.price('WETH', 2_800)
    await keeper.block()
    const [first] = keeper.intents()
    await world.sandbox.rpc.request('anvil_dropTransaction', [first?.hash])
    for (let blocks = 0; blocks < 9; blocks += 1) await keeper.block()
    expect(fates(keeper)).toEqual(['sent', 'sent', 'dropped'])
    const landed = keeper.attempts().filter(({ status }) => status === 'included')
    expect(landed.length).toBeGreaterThan(0)
    expect(keeper.attempts().map(({ status }) => status)).not.toContain('refused')
    await keeper.stop()
  })

  it('plans of one block never sell through the same pool: the second would revert', async () => {
    const keeper = await start('public')
    for (const price of [2_800, 2_650, 2_500]) {
      await world.price('WETH', price)
      for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    }
    const byBlock = new Map<number, string[]>()
    for (const { block, legs } of keeper.intents())
      byBlock.set(block, [...(byBlock.get(block) ?? []), ...new Set(legs.map(({ pool }) => pool))])
    for (const pools of byBlock.values()) expect(new Set(pools).size).toBe(pools.length)
    expect(keeper.intents().length).toBeGreaterThan(1)
    expect(keeper.attempts().map(({ status }) => status)).not.toContain('reverted')
    await keeper.stop()
  })

  it('what is foreseen of a public transaction has no tip in it, as none is paid', async () => {
    const keeper = await start('public')
    await world.price('WETH', 2_800)
    await keeper.block()
    await keeper.block()
    const foreseen = keeper.intents()[0]?.sum
    const actual = actuals(keeper)[0]
    expect([foreseen?.tip, actual?.tip]).toEqual([0n, 0n])
    expect((foreseen?.net ?? 0n) - (foreseen?.gas ?? 0n)).toBe((actual?.net ?? 0n) - (actual?.gas ?? 0n))
    await keeper.stop()
  })

  it('a block whose logs a node left out is made good: what reverts is read again', async () => {
    const keeper = await start('bundle', liar.before)
    liar.lie = ({ method }, answer) => (method === 'eth_getLogs' ? { ...answer, result: [] } : answer)
    await world.price('WETH', 2_800)
    await keeper.block()
    liar.lie = null
    for (let blocks = 0; blocks < 12; blocks += 1) await keeper.block()
    expect(keeper.attempts().map(({ status }) => status)).toContain('included')
    expect(keeper.attempts().map(({ status }) => status)).not.toContain('reverted')
    await keeper.stop()
  })

  it('a head of another chain, far ahead, is not followed', async () => {
    const keeper = await start('bundle', liar.before)
    const other = { hash: `0x${'ab'.repeat(32)}`, parentHash: `0x${'cd'.repeat(32)}`, number: '0x5f5e100' }
    let times = 0
    liar.lie = ({ method }, answer) =>
      method === 'eth_getBlockByNumber' && times++ < 2
        ? { ...answer, result: { ...(answer.result as object), ...other } }
        : answer
    await world.price('WETH', 2_800)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(keeper.faults.map(({ message }) => message).join()).toMatch(/a chain without block/)
    expect(fates(keeper)).toContain('included')
    await keeper.stop()
  })

  it('a node that refuses for a while, in its own words, ends nothing', async () => {
    const keeper = await start('bundle', liar.before)
    let times = 0
    liar.lie = ({ id, method }, answer) =>
      method === 'eth_getBlockByNumber' && times++ < 3
        ? { id, error: { code: -32000, message: 'header not found' } }
        : answer
    await world.price('WETH', 2_800)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(keeper.faults.length).toBeGreaterThan(0)
    expect(fates(keeper)).toContain('included')
    await keeper.stop()
  })

  it('a reorg deeper than can be undone, with a node that fails while all is read anew, is lived through', async () => {
    const keeper = await start('bundle', (own) => liar.before({ ...own, chain: { ...own.chain, finalityBlocks: 1 } }))
    for (let blocks = 0; blocks < 4; blocks += 1) await keeper.block()
    let times = 0
    liar.lie = ({ id, method, params }, answer) =>
      method === 'eth_getLogs' && JSON.stringify(params).includes('fromBlock') && times++ < 2
        ? { id, error: { code: 429, message: 'too many requests' } }
        : answer
    await world.sandbox.rpc.request('anvil_reorg', [3, []])
    await keeper.block()
    expect(times).toBeGreaterThan(1)
    await keeper.block()
    await world.price('WETH', 2_800)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(keeper.attempts().map(({ status }) => status)).toContain('included')
    await keeper.stop()
  })

  it('a node that answers nothing for a head or its logs is asked again, and the keeper lives on', async () => {
    const keeper = await start('bundle', liar.before)
    for (const asked of ['eth_getBlockByNumber', 'eth_getLogs']) {
      let times = 0
      liar.lie = ({ method }, answer) => (method === asked && times++ < 2 ? { ...answer, result: null } : answer)
      await keeper.block()
      expect(times).toBeGreaterThan(1)
    }
    expect(keeper.faults.length).toBeGreaterThan(0)
    await world.price('WETH', 2_800)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(fates(keeper)).toContain('included')
    await keeper.stop()
  })
})
