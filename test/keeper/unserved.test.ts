import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import { marketId } from '#core/book.ts'
import type { TokenSymbol } from '../../sandbox/market-data.ts'
import { openRpc } from '../../src/chain/open-rpc.ts'
import { loadMirror } from '../../src/cli/load-mirror.ts'
import { unservedChecks } from '../../src/cli/unserved-rows.ts'
import { unservedTable } from '../../src/cli/unserved-table.ts'
import type { Config } from '../../src/config/config.ts'
import { type Survey, surveyNow, type Unserved } from '../../src/engine/unserved.ts'
import { createMarket } from '../../strategies/morpho-blue/events.ts'
import type { BlueAddresses } from '../../strategies/morpho-blue/fixture/addresses.ts'
import morpho from '../../strategies/morpho-blue/fixture/index.ts'
import { type Rig, rig } from './rig.ts'

const calls = new Interface([
  'function mint(address to, uint256 amount)',
  'function deposit() payable',
  'function approve(address spender, uint256 amount)',
  'function addLiquidity(address a, address b, uint256 desiredA, uint256 desiredB, uint256 leastA, uint256 leastB, address to, uint256 deadline)',
])
const plan = (label: string, collateral: readonly (readonly [TokenSymbol, number])[], debt: TokenSymbol) => ({
  ...{ label, version: '3.6' as const, emode: 0 as const, collateral, debt: [[debt, 1]] as const, health: 1.3 },
})

/** Nobody buys ORPHAN, and Morpho alone lends: no WSTETH. */
describe('what is on the chain and not served', () => {
  let world: Rig
  let config: Config
  let chosen: readonly string[]
  let others: readonly string[]
  const tokenOf = (symbol: TokenSymbol): Address => world.sandbox.addresses.tokens[symbol].address
  beforeAll(async () => {
    world = await rig({
      aave: ['3.6'],
      borrowers: [
        plan('stuck', [['ORPHAN', 8_000]], 'USDC'),
        plan(
          'has another way',
          [
            ['ORPHAN', 8_000],
            ['WETH', 8_000],
          ],
          'USDC',
        ),
        plan('served', [['WETH', 9_000]], 'DAI'),
        plan('owes what nobody lends', [['WETH', 9_000]], 'WSTETH'),
      ],
      protocols: [{ fixture: morpho }],
    })
    const { morpho: at, irm } = world.sandbox.protocols[0]!.addresses as BlueAddresses
    const logs = (await world.sandbox.rpc.request('eth_getLogs', [
      { address: at, topics: [createMarket], fromBlock: '0x0', toBlock: 'latest' },
    ])) as readonly { readonly topics: readonly string[] }[]
    const markets = logs.map(({ topics }) => topics[1] as string)
    chosen = markets.slice(0, 2)
    others = markets.slice(2)
    const given = await world.configure({
      dryRun: true,
      protocols: { 'morpho-blue': [{ morpho: at, irm, markets: chosen, fromBlock: 0 }] },
    })
    config = {
      ...given.config,
      drift: { ...given.config.drift, everyBlocks: 1 },
      flash: given.config.flash.filter(({ name }) => name === 'morpho'),
    }
  }, 120_000)
  afterAll(() => world?.end())

  const load = async () => {
    const rpc = openRpc(world.sandbox.rpcUrl)
    const loaded = await loadMirror(rpc, config, () => undefined)
    return { ...loaded, rpc, found: surveyNow(loaded.mirror, world.sandbox.addresses.weth) }
  }
  const rowsOf = (found: readonly Survey[], strategy: string): readonly Unserved[] =>
    found.find((one) => one.strategy === strategy)?.tokens ?? []

  it('a token without a pool and one without a lender are listed with whom they concern, and nothing else is', async () => {
    const { found, rpc } = await load()
    rpc.close()
    const [orphan, staked, usdc] = [tokenOf('ORPHAN'), tokenOf('WSTETH'), tokenOf('USDC')]
    const rows = rowsOf(found, 'aave-v3')
    expect(rows.map(({ token, lack }) => [token, lack]).sort()).toEqual(
      [
        [orphan, 'no-exit'],
        [staked, 'no-lender'],
      ].sort(),
    )
    expect(rows.find(({ token }) => token === orphan)).toMatchObject({ positions: 2, stuck: 1 })
    expect(rows.find(({ token }) => token === staked)).toMatchObject({ positions: 1, stuck: 1 })
    const { pool } = world.sandbox.addresses.aave['3.6']
    expect(rows.find(({ token }) => token === orphan)?.markets).toEqual([marketId(`${pool}/${orphan}`)])
    expect(found.find(({ strategy }) => strategy === 'aave-v3')?.stuck).toEqual({ 'no-exit': 1, 'no-lender': 1 })
    expect(rowsOf(found, 'morpho-blue')).toEqual([])
    // What the stuck one owes is what was borrowed, with the interest of a few blocks.
    const [owed] = rows.find(({ token }) => token === orphan)?.owed ?? []
    const borrowed = (8_000 * 0.5 * 1e6) / 1.3
    expect(owed?.asset).toBe(usdc)
    expect(Math.abs(Number(owed?.amount) / Math.min(borrowed, 8_000 * 0.47 * 0.999e6) - 1)).toBeLessThan(1e-4)
  })

  it('a token that sells one way alone is served as collateral', async () => {
    const { mirror, rpc } = await load()
    rpc.close()
    const { modules } = mirror
    // Pools that buy WETH and sell nothing for it: dollars get out, and nobody can pay in them any more.
    const oneWay = modules.venues.map((one) => ({
      ...one,
      module: {
        ...one.module,
        curve: (...[pool, token]: Parameters<typeof one.module.curve>) =>
          token === tokenOf('WETH') ? new Float64Array(0) : one.module.curve(pool, token),
      },
    }))
    const bent = Object.assign(Object.create(mirror), {
      admittedPools: function* () {
        for (const pool of mirror.admittedPools())
          yield { ...pool, venue: oneWay.find(({ key }) => key === pool.key) ?? pool.venue }
      },
    }) as typeof mirror
    const rows = rowsOf(
      surveyNow(
        Object.defineProperties(bent, { books: { value: mirror.books }, modules: { value: modules } }),
        tokenOf('WETH'),
      ),
      'aave-v3',
    )
    const shut = rows.filter(({ lack }) => lack === 'no-exit').map(({ token }) => token)
    // Collateral gets out as before; what is owed cannot be bought.
    expect(shut.sort()).toEqual([tokenOf('ORPHAN'), tokenOf('USDC'), tokenOf('DAI'), tokenOf('WSTETH')].sort())
  })

  it('doctor names them, and the markets that the configuration leaves out, and says what to do', async () => {
    const { mirror, view, rpc } = await load()
    const checks = await unservedChecks(mirror, view, world.sandbox.addresses.weth)
    rpc.close()
    const rows = checks.map(({ unserved, todo }) => ({ ...unserved!, todo }))
    expect(rows.every(({ todo }) => todo !== '')).toBe(true)
    expect(checks.every(({ state }) => state === 'warning')).toBe(true)
    expect(rows.find(({ reason }) => reason === 'no-exit')).toMatchObject({
      token: tokenOf('ORPHAN'),
      symbol: 'ORPHAN',
    })
    const left = rows.filter(({ reason }) => reason === 'not-chosen')
    const open = left.flatMap(({ markets }) => markets)
    // Those nobody owes anything in are not worth a word.
    expect(open.length).toBeGreaterThan(0)
    expect(others).toEqual(expect.arrayContaining(open))
    expect(chosen.filter((id) => open.includes(id))).toEqual([])
    expect(left.every(({ owed }) => owed.every(({ amount }) => amount > 0n))).toBe(true)
    const text = unservedTable(rows.map(({ todo, ...unserved }) => ({ unserved, todo })))
    expect(text).toMatch(/aave-v3.*ORPHAN 0x\w{4}….*no-exit.*1.*2.*1.*3,\d{3} USDC/)
    expect(text).toMatch(/→ add a lender of it under flash/)
  })

  it('a keeper counts them by bounded names, and no more once a pool has come', { timeout: 120_000 }, async () => {
    const keeper = await world.live(config)
    const metric = async (name: string): Promise<string | undefined> =>
      (await keeper.observe.metricsText()).split('\n').find((line) => line.startsWith(`plimsoll_unserved_${name}`))
    const ofOrphan = '{strategy="aave-v3",reason="no-exit"}'
    expect(await metric(`tokens${ofOrphan}`)).toMatch(/ 1$/)
    expect(await metric(`markets${ofOrphan}`)).toMatch(/ 1$/)
    expect(await metric(`positions${ofOrphan}`)).toMatch(/ 1$/)
    expect(await metric('positions{strategy="aave-v3",reason="no-lender"}')).toMatch(/ 1$/)
    expect(await metric('tokens{strategy="morpho-blue",reason="no-exit"}')).toMatch(/ 0$/)
    const text = await keeper.observe.metricsText()
    expect(text.split('\n').filter((line) => line.startsWith('plimsoll_unserved') && line.includes('0x'))).toEqual([])
    await keeper.block()
    await addPool()
    // The chain is asked again with every 144th survey.
    for (let blocks = 0; blocks < 160 && !(await metric(`tokens${ofOrphan}`))?.endsWith(' 0'); blocks += 1)
      await keeper.block()
    expect(await metric(`tokens${ofOrphan}`)).toMatch(/ 0$/)
    expect(await metric(`positions${ofOrphan}`)).toMatch(/ 0$/)
    expect(await metric('positions{strategy="aave-v3",reason="no-lender"}')).toMatch(/ 1$/)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('a pool that has come takes a token off the list', async () => {
    const { found, rpc } = await load()
    rpc.close()
    expect(rowsOf(found, 'aave-v3').map(({ token }) => token)).toEqual([tokenOf('WSTETH')])
  })

  /** ORPHAN against WETH, by anybody. */
  async function addPool(): Promise<void> {
    const { rpc, addresses, accounts } = world.sandbox
    const from = accounts.trader.address
    const units = 10n ** 18n
    const { router } = addresses.uniswapV2
    const orphan = tokenOf('ORPHAN')
    await rpc.request('anvil_impersonateAccount', [accounts.deployer.address])
    await rpc.request('anvil_impersonateAccount', [from])
    for (const who of [from, accounts.deployer.address])
      await rpc.request('anvil_setBalance', [who, '0x56bc75e2d63100000'])
    const send = (as: Address, to: Address, name: string, args: readonly unknown[], value = 0n) =>
      rpc.request('eth_sendTransaction', [
        {
          ...{ from: as, to, gas: '0x4c4b40', value: `0x${value.toString(16)}` },
          data: calls.encodeFunctionData(name, args) as Hex,
        },
      ])
    await send(accounts.deployer.address, orphan, 'mint', [from, 15_000n * units])
    await send(from, addresses.weth, 'deposit', [], 10n * units)
    await world.sandbox.mine()
    for (const token of [orphan, addresses.weth]) await send(from, token, 'approve', [router, 15_000n * units])
    await world.sandbox.mine()
    const amounts = [15_000n * units, 10n * units, 0n, 0n]
    await send(from, router, 'addLiquidity', [orphan, addresses.weth, ...amounts, from, 10n ** 11n])
    await world.sandbox.mine()
  }
})
