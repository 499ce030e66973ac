import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import type { Miss } from '#core/miss.ts'
import type { Config } from '../../src/config/config.ts'
import type { BlueAddresses } from '../../strategies/morpho-blue/fixture/addresses.ts'
import { idOf } from '../../strategies/morpho-blue/fixture/calls.ts'
import fixture from '../../strategies/morpho-blue/fixture/index.ts'
import { command } from '../cli/command.ts'
import { type Liar, startLiar } from '../keeper/liar.ts'
import { type Live, type Rig, rig } from '../keeper/rig.ts'
import { type Rival, rivalOn } from './support/rival.ts'

type Row = Omit<Miss, 'outcome'> & Miss['outcome']

describe('what somebody else wins', () => {
  let world: Rig
  let rival: Rival
  let liar: Liar
  let config: Config
  let blue: BlueAddresses
  let snapshot: unknown
  let lives = 0
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true, protocols: [{ fixture }] })
    liar = await startLiar(world.sandbox.nodeUrl)
    blue = world.sandbox.protocols[0]!.addresses as BlueAddresses
    const { aave, morpho } = world.sandbox.addresses
    rival = await rivalOn(world.sandbox, [aave['3.0'].pool, aave['3.6'].pool, morpho])
    const of = world.sandbox.protocols[0]!.config
    // LINK for USDT, of all markets, is not followed.
    const markets = blue.markets.filter((_, at) => at !== 4).map(idOf)
    config = (await world.configure({ protocols: { 'morpho-blue': [{ ...of, markets }] } })).config
    for (let blocks = 0; blocks < 3; blocks += 1) await world.sandbox.mine()
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
  }, 120_000)
  beforeEach(async () => {
    await world.sandbox.rpc.request('evm_revert', [snapshot])
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
    liar.lie = null
  })
  afterAll(async () => {
    await world?.end()
    await liar?.stop()
  })

  const live = (change: (own: Config) => Config = (own) => own): Promise<Live> =>
    world.live(change({ ...config, journal: { path: `${config.journal.path}.${++lives}` } }))
  const dry = (own: Config): Config => ({ ...own, submission: { ...own.submission, dryRun: true } })
  const rows = async (keeper: Live, ...more: string[]): Promise<readonly Row[]> => {
    const { out, code } = await command(['misses', '--journal', keeper.config.journal.path, '--json', ...more])
    expect(code).toBe(0)
    return JSON.parse(out).misses
  }
  const counted = async (keeper: Live, name = 'misses_total'): Promise<Record<string, number>> =>
    Object.fromEntries(
      [
        ...(await keeper.observe.metricsText()).matchAll(new RegExp(`plimsoll_${name}{.*reason="(.*?)"} (\\d+)`, 'g')),
      ].map(([, reason = '', count]) => [reason, Number(count)]),
    )
  const borrower = (label: string, version: '3.0' | '3.6'): Address =>
    world.sandbox.accounts.borrowers.find((one) => one.label === label && one.version === version)!.address
  /** The plain account of Aave 3.0: WETH for USDC. */
  const plain = (bid = {}) => {
    const { aave, tokens } = world.sandbox.addresses
    return rival.aave(aave['3.0'].pool, tokens.WETH.address, tokens.USDC.address, borrower('plain', '3.0'), bid)
  }
  const only = async (keeper: Live): Promise<Row> => {
    const all = await rows(keeper)
    expect(all.map(({ why }) => why)).toHaveLength(1)
    expect(await counted(keeper)).toEqual({ [all[0]!.why]: 1 })
    return all[0]!
  }
  const receiptOf = async (hash: Hex): Promise<Record<'gasUsed' | 'effectiveGasPrice' | 'blockNumber', string>> =>
    (await world.sandbox.rpc.request('eth_getTransactionReceipt', [hash])) as never

  it('in the block of its own trigger is seen late by one block', async () => {
    const keeper = await live(dry)
    await world.price('WETH', 2_800)
    await rival.later(plain())
    const block = await keeper.block()
    const miss = await only(keeper)
    expect(miss).toMatchObject({ why: 'seen-late', lateBlocks: 1, since: null, block, strategy: 'aave-v3', ours: null })
    expect(miss.by).toBe(rival.contract)
    expect(miss.winner).toMatchObject({ from: rival.address, to: rival.contract, isTipWhole: true })
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('while nothing is sent in a dry run is told with our sum and theirs, to the wei of what they paid', async () => {
    const keeper = await live(dry)
    await world.price('WETH', 2_800)
    const known = await keeper.block()
    await keeper.block()
    const hash = await rival.later(plain({ tip: 3n * 10n ** 9n, direct: 12_345n }))
    await keeper.block()
    const miss = await only(keeper)
    expect(miss).toMatchObject({ why: 'not-sent', because: 'dry-run', since: known + 1, lateBlocks: null })
    const { gasUsed } = await receiptOf(hash)
    expect(BigInt(miss.winner.tip)).toBe(BigInt(gasUsed) * 3n * 10n ** 9n + 12_345n)
    expect(BigInt(miss.ours!.net)).toBeGreaterThan(0n)
    // The same position at the same prices: what is left differs by the tip and the gas alone, and by how much was taken.
    expect(BigInt(miss.winnerNet!)).toBeGreaterThan(0n)
    const shown = (await command(['misses', '--journal', keeper.config.journal.path])).out
    expect(shown).toMatch(/not-sent: dry-run[\s\S]*1 won by others/)
    await keeper.stop()
  })

  it('by paying more is an outbidding, told to the wei', async () => {
    const keeper = await live()
    await world.price('WETH', 2_800)
    await keeper.block()
    const intent = keeper
      .intents()
      .find(({ steps }) => steps.some(({ position }) => position.endsWith(borrower('plain', '3.0'))))
    expect(intent).toBeDefined()
    await rival.first(plain({ direct: 10n ** 18n }))
    await keeper.block()
    const miss = (await rows(keeper)).find(({ why }) => why === 'outbid')!
    const bid = -intent!.sum.tip + BigInt(intent!.gasUnits) * config.submission.priorityFeeWei
    expect(BigInt(miss.ours!.bid)).toBe(bid)
    expect(BigInt(miss.outbidBy!)).toBe(BigInt(miss.winner.tip) - bid)
    expect(BigInt(miss.outbidBy!)).toBeGreaterThan(0n)
    await keeper.block()
    // Our own liquidations of the others are no misses.
    expect(keeper.attempts().map(({ status }) => status)).toContain('included')
    expect(await rows(keeper)).toHaveLength(1)
    await keeper.stop()
  })

  it('by paying less is told as such: the place was lost some other way', async () => {
    const keeper = await live()
    await world.price('WETH', 2_800)
    await keeper.block()
    await rival.first(plain({ tip: 1n }))
    await keeper.block()
    expect((await rows(keeper)).map(({ why }) => why)).toEqual(['not-included'])
    await keeper.stop()
  })

  it('of a position that did not pay enough for us carries both sums', async () => {
    const keeper = await live((own) => ({
      ...own,
      submission: { ...own.submission, minimumNetWei: (10n ** 20n) as typeof own.submission.minimumNetWei },
    }))
    await world.price('WETH', 2_800)
    await keeper.block()
    await rival.later(plain())
    await keeper.block()
    const miss = await only(keeper)
    expect(miss).toMatchObject({ why: 'judged-unprofitable', because: 'unprofitable' })
    expect(BigInt(miss.ours!.net)).toBeGreaterThan(0n)
    expect(BigInt(miss.winnerNet!)).toBeGreaterThan(0n)
    await keeper.stop()
  })

  it('behind an open guard names it', async () => {
    const keeper = await live()
    await keeper.guards.trip('kill', 'by hand')
    await world.price('WETH', 2_800)
    await keeper.block()
    await rival.later(plain())
    await keeper.block()
    expect((await only(keeper)).why).toBe('guard-open')
    await keeper.stop()
  })

  it('while no lane can pay is not sent for that', async () => {
    for (const { address } of world.sandbox.accounts.operators)
      await world.sandbox.rpc.request('anvil_setBalance', [address, '0x1'])
    const keeper = await live()
    await world.price('WETH', 2_800)
    await keeper.block()
    await rival.later(plain())
    await keeper.block()
    expect(await only(keeper)).toMatchObject({ why: 'not-sent', because: 'lane-unfunded' })
    await keeper.stop()
  })

  it('in a market that is not followed, or of a loan that was not there a block before, is seen all the same', async () => {
    const keeper = await live(dry)
    const link = world.sandbox.protocols[0]!.borrowers.find(({ label }) => label.includes('LINK'))!.address
    const [followed, left] = [blue.markets[0]!, blue.markets[4]!]
    await world.price('LINK', 10)
    await keeper.block()
    await rival.later(rival.morpho(left, link, 10n ** 18n))
    for (const call of rival.opens(followed, 10n ** 18n, 2_500n * 10n ** 6n)) await rival.later(call)
    await world.price('WETH', 2_700)
    await rival.later(rival.morpho(followed, rival.contract, 10n ** 17n))
    await keeper.block()
    const all = await rows(keeper, '--strategy', 'morpho-blue')
    expect(all).toMatchObject([
      { why: 'market-untracked', market: idOf(left), repaid: null },
      { why: 'position-unknown', market: idOf(followed), badDebt: '0' },
    ])
    expect(await rows(keeper, '--reason', 'position-unknown')).toEqual([all[1]])
    await keeper.stop()
  })

  it('that the protocol called liquidatable and we did not is our own fault', async () => {
    const keeper = await live((own) => liar.before(dry(own)))
    liar.lie = ({ method }, answer) => (method === 'eth_getLogs' ? { ...answer, result: [] } : answer)
    await world.price('WETH', 2_800)
    await keeper.block()
    liar.lie = null
    await rival.later(plain())
    await keeper.block()
    expect((await only(keeper)).why).toBe('overlooked')
    await keeper.stop()
  })

  it('is taken back by a reorg, and told once again where it lands again', async () => {
    const keeper = await live(dry)
    await world.price('WETH', 2_800)
    await keeper.block()
    const call = plain()
    await rival.later(call)
    await keeper.block()
    expect(await rows(keeper)).toHaveLength(1)
    await world.sandbox.rpc.request('anvil_reorg', [1, []])
    await keeper.block()
    expect(await rows(keeper)).toEqual([])
    expect(await counted(keeper, 'misses_undone_total')).toEqual({ 'not-sent': 1 })
    await rival.later(call)
    await keeper.block()
    expect(await rows(keeper)).toHaveLength(1)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('is counted once, however often the keeper starts', async () => {
    const keeper = await live(dry)
    await world.price('WETH', 2_800)
    await keeper.block()
    await rival.later(plain())
    await keeper.block()
    await keeper.stop()
    const again = await world.live(keeper.config)
    await again.block()
    expect(await rows(again)).toHaveLength(1)
    expect(await counted(again)).toEqual({})
    await again.stop()
  })
})
