import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { targetEntry } from '../../contracts/registry.ts'
import { openRpc } from '../../src/chain/open-rpc.ts'
import { preflight } from '../../src/cli/preflight.ts'
import type { Config } from '../../src/config/config.ts'
import { liquidateSelector } from '../../strategies/morpho-blue/encode.ts'
import type { BlueAddresses } from '../../strategies/morpho-blue/fixture/addresses.ts'
import { idOf } from '../../strategies/morpho-blue/fixture/calls.ts'
import morpho from '../../strategies/morpho-blue/fixture/index.ts'
import { type Rig, rig, sendAs } from './rig.ts'

const executor = new Interface(executorAbi)
const factory = new Interface([
  'function createPreLiquidation(bytes32 id, (uint256,uint256,uint256,uint256,uint256,address) params)',
])

describe('what the executor’s owner has not registered', () => {
  let world: Rig
  let config: Config
  let blue: BlueAddresses
  beforeAll(async () => {
    world = await rig({ aave: ['3.6'], borrowers: 'few', protocols: [{ fixture: morpho }] })
    config = (await world.configure()).config
    blue = world.sandbox.protocols[0]!.addresses as BlueAddresses
  }, 120_000)
  afterAll(() => world?.end())

  it('does not keep a keeper from starting where a stranger put it on the chain; it is said', async () => {
    const { sandbox } = world
    const [market] = blue.markets
    const wad = 10n ** 18n
    const params = [(wad * 81n) / 100n, wad / 10n, wad / 2n, wad, (wad * 102n) / 100n, market!.oracle]
    const from = sandbox.accounts.trader.address
    const data = factory.encodeFunctionData('createPreLiquidation', [idOf(market!), params])
    await sandbox.rpc.request('anvil_impersonateAccount', [from])
    await sandbox.rpc.request('eth_sendTransaction', [{ from, to: blue.preLiquidationFactory, data, gas: '0x4c4b40' }])
    await sandbox.mine()
    const rpc = openRpc(sandbox.rpcUrl)
    const said: string[] = []
    const operators = sandbox.accounts.operators.map(({ address }) => address)
    await preflight(rpc, config, operators, undefined, (text) => said.push(text)).finally(rpc.close)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/may not yet: call 0x\w{8} of 0x\w{40};.*not-registered.*proposeEntry\(0x01/)
  })

  it('is held back by name, the others are acted on, and so is it once it is registered', async () => {
    const keeper = await world.live(config)
    const owner = world.sandbox.accounts.owner.address
    const ask = (name: string, args: readonly unknown[]): Promise<void> =>
      sendAs(world, keeper, { from: owner, to: at, data: executor.encodeFunctionData(name, args) })
    const at = config.executor?.address as Address
    const { key, value } = targetEntry(blue.morpho, liquidateSelector as Hex)
    await world.sandbox.rpc.request('anvil_setBalance', [owner, '0xde0b6b3a7640000'])
    await ask('removeEntry', [key])
    await world.price('WETH', 2_300)
    for (let blocks = 0; blocks < 2; blocks += 1) await keeper.block()
    const skips = keeper.journal
      .select({ streams: ['verdict'] })
      .flatMap(({ record }) => (record.reason === 'not-registered' ? [String(record.detail)] : []))
    expect(new Set(skips)).toEqual(new Set([`the executor may not call ${liquidateSelector} of ${blue.morpho}`]))
    const ofMorpho = (): number =>
      keeper.intents().filter(({ steps }) => steps.some(({ tags }) => tags.includes('repaidShares'))).length
    expect(keeper.intents().length).toBeGreaterThan(0)
    expect(keeper.intents().filter(({ strategy }) => strategy.includes('aave-v3')).length).toBeGreaterThan(0)
    const through = keeper.intents().flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'liquidate'))
    expect(through.filter(({ market }) => blue.markets.some((one) => idOf(one) === market))).toEqual([])
    const before = ofMorpho()
    await ask('proposeEntry', [key, value])
    await world.sandbox.mine({ timestamp: (keeper.keeper.head()?.block.timestamp ?? 0) + 90_000 })
    await keeper.block()
    await ask('acceptEntry', [key])
    await keeper.block()
    expect(ofMorpho()).toBeGreaterThan(before)
    expect(keeper.attempts().filter(({ status }) => status === 'reverted')).toEqual([])
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  }, 60_000)
})
