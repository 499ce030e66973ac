import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import type { Miss } from '#core/miss.ts'
import type { Call } from '../../sandbox/signer.ts'
import type { Config } from '../../src/config/config.ts'
import type { BlueAddresses } from '../../strategies/morpho-blue/fixture/addresses.ts'
import { idOf } from '../../strategies/morpho-blue/fixture/calls.ts'
import fixture from '../../strategies/morpho-blue/fixture/index.ts'
import { command } from '../cli/command.ts'
import { type Liar, startLiar } from '../keeper/liar.ts'
import { type Live, type Rig, rig } from '../keeper/rig.ts'
import { type Bid, type Rival, rivalOn } from './support/rival.ts'

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
      ].flatMap(([, reason = '', count]) => (count === '0' ? [] : [[reason, Number(count)]])),
    )
  const borrower = (label: string, version: '3.0' | '3.6'): Address =>
    world.sandbox.accounts.borrowers.find((one) => one.label === label && one.version === version)!.address
  /** The plain account of a version: WETH for USDC. */
  const plain = (version: '3.0' | '3.6', bid: Bid = {}): Call => {
    const { aave, tokens } = world.sandbox.addresses
    return rival.aave(aave[version].pool, tokens.WETH.address, tokens.USDC.address, borrower('plain', version), bid)
  }
  const loan = (label: string): Address =>
    world.sandbox.protocols[0]!.borrowers.find((one) => one.label.includes(label))!.address
  const receiptOf = async (hash: Hex): Promise<Record<'gasUsed' | 'effectiveGasPrice' | 'blockNumber', string>> =>
    (await world.sandbox.rpc.request('eth_getTransactionReceipt', [hash])) as never
  /** What the block to come brings, beside what was known before. */
  const next = async (keeper: Live): Promise<readonly Row[]> => {
    const block = await keeper.block()
    return (await rows(keeper)).filter((row) => row.block === block)
  }

  it('while nothing is sent is told once, with why; a reorg takes it back, and a restart adds none', async () => {
    const keeper = await live(dry)
    await world.price('WETH', 2_800)
    await rival.later(plain('3.0'))
    const late = await next(keeper)
    expect(late).toMatchObject([{ why: 'seen-late', lateBlocks: 1, since: null, strategy: 'aave-v3', ours: null }])
    expect(late[0]!.by).toBe(rival.contract)
    expect(late[0]!.winner).toMatchObject({ from: rival.address, to: rival.contract, isTipWhole: true })
    const known = late[0]!.block + 1
    await keeper.block()
    const hash = await rival.later(plain('3.6', { tip: 3n * 10n ** 9n, direct: 12_345n }))
    const [miss, ...more] = await next(keeper)
    expect(more).toEqual([])
    expect(miss).toMatchObject({ why: 'not-sent', because: 'dry-run', since: known, lateBlocks: null })
    const { gasUsed } = await receiptOf(hash)
    expect(BigInt(miss!.winner.tip)).toBe(BigInt(gasUsed) * 3n * 10n ** 9n + 12_345n)
    expect(BigInt(miss!.ours!.net)).toBeGreaterThan(0n)
    expect(BigInt(miss!.winnerNet!)).toBeGreaterThan(0n)
    const shown = (await command(['misses', '--journal', keeper.config.journal.path])).out
    expect(shown).toMatch(/seen-late by 1 block[\s\S]*not-sent: dry-run[\s\S]*2 won by others/)

    await world.sandbox.rpc.request('anvil_reorg', [1, []])
    await keeper.block()
    expect((await rows(keeper)).map(({ why }) => why)).toEqual(['seen-late'])
    expect(await counted(keeper)).toEqual({ 'seen-late': 1, 'not-sent': 1 })
    expect(await counted(keeper, 'misses_undone_total')).toEqual({ 'not-sent': 1 })
    await rival.later(plain('3.6'))
    expect(await next(keeper)).toMatchObject([{ why: 'not-sent' }])
    expect(keeper.faults).toEqual([])
    await keeper.stop()

    const again = await world.live(keeper.config)
    expect(await next(again)).toEqual([])
    expect(await rows(again)).toHaveLength(2)
    expect(await counted(again)).toEqual({})
    await again.stop()
  })

  it('in a market that is not followed, or of a loan that was not there a block before, is seen all the same', async () => {
    const keeper = await live((own) => liar.before(dry(own)))
    const [followed, left] = [blue.markets[0]!, blue.markets[4]!]
    await world.price('LINK', 10)
    await keeper.block()
    await rival.later(rival.morpho(left, loan('LINK'), 10n ** 18n))
    for (const call of rival.opens(followed, 10n ** 18n, 2_500n * 10n ** 6n)) await rival.later(call)
    await world.price('WETH', 2_700)
    await rival.later(rival.morpho(followed, rival.contract, 10n ** 17n))
    expect(await next(keeper)).toMatchObject([
      { why: 'market-untracked', market: idOf(left), repaid: null },
      { why: 'position-unknown', market: idOf(followed), badDebt: '0' },
    ])
    expect(await rows(keeper, '--reason', 'position-unknown')).toHaveLength(1)

    // A block whose logs the node leaves out: by our book nobody with WBTC is below the line, by the protocol's own word one is.
    liar.lie = ({ method }, answer) => (method === 'eth_getLogs' ? { ...answer, result: [] } : answer)
    await world.price('WBTC', 50_000)
    await keeper.block()
    liar.lie = null
    await rival.later(rival.morpho(blue.markets[1]!, loan('WBTC for USDC'), 10n ** 6n))
    expect(await next(keeper)).toMatchObject([{ why: 'overlooked', strategy: 'morpho-blue' }])
    await keeper.stop()
  })

  it('of what we sent is told with both bids; behind empty lanes or an open guard, with what held us', async () => {
    const keeper = await live()
    await world.price('WETH', 2_800)
    await keeper.block()
    const intentOf = (version: '3.0' | '3.6') =>
      keeper.intents().find(({ steps }) => steps.some(({ position }) => position.endsWith(borrower('plain', version))))!
    const bidOf = ({ sum, gasUnits }: ReturnType<typeof intentOf>): bigint =>
      BigInt(gasUnits) * config.submission.priorityFeeWei - sum.tip
    await rival.first(plain('3.0', { direct: 10n ** 18n }), plain('3.6', { tip: 1n }))
    const raced = await next(keeper)
    expect(raced.map(({ why }) => why)).toEqual(['outbid', 'not-included'])
    for (const [at, version] of (['3.0', '3.6'] as const).entries()) {
      const { ours, winner, outbidBy } = raced[at]!
      const bid = bidOf(intentOf(version))
      expect(BigInt(ours!.bid)).toBe(bid)
      const even = (BigInt(winner.tip) * BigInt(intentOf(version).gasUnits)) / BigInt(winner.gasUsed)
      expect(BigInt(outbidBy!)).toBe(even - bid)
    }
    expect(BigInt(raced[0]!.outbidBy!)).toBeGreaterThan(0n)
    // Our own liquidations of the others are no misses.
    await keeper.block()
    await keeper.block()
    expect(keeper.attempts().map(({ status }) => status)).toContain('included')
    expect(await rows(keeper)).toHaveLength(2)

    for (const { address } of world.sandbox.accounts.operators)
      await world.sandbox.rpc.request('anvil_setBalance', [address, '0x1'])
    await keeper.block()
    await world.price('WBTC', 50_000)
    await keeper.block()
    const { aave, tokens } = world.sandbox.addresses
    const decimals = borrower('two decimals', '3.0')
    await rival.later(rival.aave(aave['3.0'].pool, tokens.WBTC.address, tokens.DAI.address, decimals))
    expect(await next(keeper)).toMatchObject([{ why: 'not-sent', because: 'lane-unfunded' }])
    await keeper.guards.trip('kill', 'by hand')
    await keeper.block()
    await rival.later(rival.morpho(blue.markets[1]!, loan('WBTC for USDC'), 10n ** 6n))
    expect(await next(keeper)).toMatchObject([{ why: 'guard-open', because: 'guard-open' }])
    await keeper.stop()
  })

  it('of what did not leave enough for us carries both sums', async () => {
    const minimumNetWei = (10n ** 20n) as Config['submission']['minimumNetWei']
    const keeper = await live((own) => ({ ...own, submission: { ...own.submission, minimumNetWei } }))
    await world.price('WETH', 2_800)
    await keeper.block()
    await rival.later(plain('3.0'))
    const [miss] = await next(keeper)
    expect(miss).toMatchObject({ why: 'judged-unprofitable', because: 'unprofitable' })
    expect(BigInt(miss!.ours!.net)).toBeGreaterThan(0n)
    expect(BigInt(miss!.winnerNet!)).toBeGreaterThan(0n)
    await keeper.stop()
  })
})
