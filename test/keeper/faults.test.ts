import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RelayFault } from '../../sandbox/relay/faults.ts'
import { signerOf } from '../../sandbox/signer.ts'
import type { Config } from '../../src/config/config.ts'
import { type Live, type Rig, rig } from './rig.ts'
import { type Tap, tapRelay } from './tap.ts'

describe('when things fail on the way to the chain', () => {
  let world: Rig
  let tap: Tap
  let config: Config
  let snapshot: unknown
  let lives = 0
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
    tap = await tapRelay(world.sandbox.relayUrl)
    config = (await world.configure()).config
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
  })
  beforeEach(async () => {
    await world.sandbox.rpc.request('evm_revert', [snapshot])
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
    world.sandbox.relayFaults.answers.length = 0
    world.sandbox.relayFaults.delayMs = 0
    world.sandbox.proxy.setDelay(0)
  })
  afterAll(async () => {
    await world?.end()
    await tap?.stop()
  })

  const start = (change: (config: Config) => Config = (same) => same): Promise<Live> =>
    world.live(change({ ...config, journal: { ...config.journal, path: `${config.journal.path}.${++lives}` } }))
  const isIncluded = (keeper: Live): boolean => keeper.attempts().some(({ status }) => status === 'included')
  const fail = (kind: RelayFault['kind'], times = 100): void => {
    world.sandbox.relayFaults.answers.push({ kind, times, method: 'eth_sendBundle' })
  }
  /** A nonce is never given to two transactions for the same block, and what is on the chain was given once. */
  const expectNoneTwice = (keeper: Live): void => {
    const keys = keeper.intents().map(({ lane, nonce, block }) => `${lane} ${nonce} ${block}`)
    expect(new Set(keys).size).toBe(keys.length)
    const landed = keeper
      .attempts()
      .filter(({ status }) => status === 'included')
      .map(({ plan }) => plan)
    expect(new Set(landed).size).toBe(landed.length)
  }

  it('lanes without funds send nothing and say lane-unfunded; once funded, they act', async () => {
    const keeper = await start()
    const give = async (wei: string): Promise<void> => {
      for (const { address } of world.sandbox.accounts.operators)
        await world.sandbox.rpc.request('anvil_setBalance', [address, wei])
    }
    await give('0x1')
    await keeper.block()
    await world.price('WETH', 2_800)
    await keeper.block()
    await keeper.block()
    expect(keeper.intents()).toEqual([])
    const reasons = keeper.journal.select({ streams: ['verdict'] }).map(({ record }) => record.reason)
    expect(reasons).toContain('lane-unfunded')
    await give('0x56bc75e2d63100000')
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(isIncluded(keeper)).toBe(true)
    await keeper.stop()
  })

  for (const kind of ['odd', 'hang', 'drop', 'forget'] as const) {
    it(`a relay that answers by '${kind}' may have heard: nonce and position stay reserved until the block has passed`, async () => {
      const keeper = await start((own) => (kind === 'hang' ? tap.before(own) : own))
      fail(kind, 1)
      await world.price('WETH', 2_800)
      await keeper.block()
      const first = keeper.intents()
      expect(first.length).toBeGreaterThan(0)
      const [doubtful] = first
      const fates = (): readonly string[] =>
        keeper.attempts().flatMap(({ plan, status }) => (plan === doubtful?.plan ? [status] : []))
      expect(fates()).toEqual(['sent'])
      expect(new Set(first.map(({ lane, nonce }) => `${lane} ${nonce}`)).size).toBe(first.length)
      await keeper.block()
      // The odd one did hear, and its bundle is in the block.
      expect(fates().at(-1)).toBe(kind === 'odd' ? 'included' : 'dropped')
      for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
      expect(isIncluded(keeper)).toBe(true)
      expectNoneTwice(keeper)
      expect(keeper.faults).toEqual([])
      await keeper.stop()
    })
  }

  it('a relay that hangs does not hold up the next block', async () => {
    const keeper = await start()
    fail('hang', 4)
    await world.price('WETH', 2_800)
    await world.sandbox.mine()
    const startedMs = Date.now()
    while (keeper.intents().length === 0 && Date.now() - startedMs < 5_000) await sleep(10)
    world.sandbox.relayFaults.answers.length = 0
    for (let blocks = 0; blocks < 5 && !isIncluded(keeper); blocks += 1) {
      await world.sandbox.mine()
      await sleep(250)
    }
    expect(isIncluded(keeper)).toBe(true)
    await keeper.keeper.idle()
    expectNoneTwice(keeper)
    await keeper.stop()
  })

  it('one 429 of the relay loses a block and not the position', async () => {
    const keeper = await start()
    fail('too-many', 1)
    await world.price('WETH', 2_800)
    await keeper.block()
    expect(keeper.attempts().map(({ status }) => status)).toContain('refused')
    await keeper.block()
    await keeper.block()
    expect(isIncluded(keeper)).toBe(true)
    expectNoneTwice(keeper)
    await keeper.stop()
  })

  it('a journal that takes no more intents: nothing is sent, the fault is told, and it goes on when there is room', async () => {
    const keeper = await start()
    const other = new DatabaseSync(keeper.config.journal.path)
    other.exec(
      "CREATE TRIGGER full BEFORE INSERT ON records WHEN NEW.stream = 'intent' BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END",
    )
    const before = world.sandbox.sends()
    await world.price('WETH', 2_800)
    await keeper.block()
    await keeper.block()
    expect(world.sandbox.sends() - before).toBe(0)
    expect(keeper.intents()).toEqual([])
    expect(keeper.faults.map(({ message }) => message).join()).toMatch(/disk is full; free some space/)
    expect(await keeper.observe.metricsText()).toMatch(/plimsoll_store_faults_total [1-9]/)
    other.exec('DROP TRIGGER full')
    other.close()
    await keeper.block()
    await keeper.block()
    expect(isIncluded(keeper)).toBe(true)
    await keeper.stop()
  })

  /** Mines with a node so slow that an intent stands in the journal while its simulation is under way. */
  const mineSlowly = async (keeper: Live): Promise<void> => {
    await world.price('WETH', 2_800)
    world.sandbox.proxy.setDelay(500)
    await world.sandbox.mine()
    const deadline = Date.now() + 15_000
    while (keeper.intents().length === 0 && Date.now() < deadline) await sleep(5)
    expect(keeper.intents().length).toBeGreaterThan(0)
    world.sandbox.proxy.setDelay(0)
  }

  it('a kill switch thrown between verdict and sending holds what has not left yet', async () => {
    const keeper = await start()
    const before = world.sandbox.sends()
    await mineSlowly(keeper)
    await keeper.guards.trip('kill', 'by a test')
    await keeper.keeper.idle()
    expect(world.sandbox.sends() - before).toBe(0)
    expect(new Set(keeper.attempts().map(({ status, detail }) => `${status}: ${detail}`))).toEqual(
      new Set(['withheld: killed since it was decided']),
    )
    await keeper.stop()
  })

  it('a plan whose simulation hangs until its block has passed is not sent, and holds nothing up', async () => {
    const keeper = await start(tap.before)
    const before = tap.sent.length
    world.sandbox.proxy.faults.push({ method: 'eth_simulateV1', kind: 'hang', times: 1 })
    await world.price('WETH', 2_800)
    for (let blocks = 0; blocks < 2; blocks += 1) {
      const { number } = await world.sandbox.mine()
      while ((keeper.keeper.head()?.block.number ?? 0) < number) await sleep(5)
      await sleep(100)
    }
    // The next block's plan is on its way while the first one's simulation hangs still.
    const deadline = Date.now() + 4_000
    while (tap.sent.length === before && Date.now() < deadline) await sleep(10)
    expect(tap.sent.length).toBeGreaterThan(before)
    const [hung] = keeper.intents()
    await keeper.block()
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(tap.sent.slice(before).filter(({ block }) => block === hung?.block)).toEqual([])
    expect(isIncluded(keeper)).toBe(true)
    expectNoneTwice(keeper)
    await keeper.stop()
  })

  it('an operator key used by hand costs a block and not the lane', async () => {
    const keeper = await start()
    const { rpc, accounts, chainId } = world.sandbox
    for (const operator of accounts.operators)
      await signerOf(rpc, operator, chainId).send({ to: accounts.sink.address, data: '0x', gas: 21_000n, value: 1n })
    await keeper.block()
    await world.price('WETH', 2_800)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(isIncluded(keeper)).toBe(true)
    await keeper.stop()
  })
})
