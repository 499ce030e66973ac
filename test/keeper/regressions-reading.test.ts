import { setTimeout as sleep } from 'node:timers/promises'
import { AbiCoder, getCreateAddress, Interface } from 'ethers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import { compiledCode, ownContracts } from '../../sandbox/compiled.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import type { Config } from '../../src/config/config.ts'
import { type Live, type Rig, rig } from './rig.ts'

const year = 365 * 86_400
const calls = new Interface([
  'function initReserves((address,address,address,string,string,string,string,bytes,bytes)[])',
  'function configureReserveAsCollateral(address, uint256, uint256, uint256)',
  'function setAssetSources(address[], address[])',
  'function getReserveTokensAddresses(address) view returns (address, address, address)',
  'function mint(address, uint256)',
  'function approve(address, uint256)',
  'function supply(address, uint256, address, uint16)',
  'function borrow(address, uint256, uint256, uint16, address)',
])
/** Where an upgradeable proxy keeps what it delegates to (EIP-1967). */
const implementationSlot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'

/** Each is a way in which another keeper is known to go blind. */
describe('regressions of reading', () => {
  let world: Rig
  let config: Config
  let snapshot: unknown
  let lives = 0
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true, blockSeconds: 1 })
    const { config: own } = await world.configure()
    config = { ...own, chain: { ...own.chain, blockSeconds: 1 } }
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
  })
  beforeEach(async () => {
    await world.sandbox.rpc.request('evm_revert', [snapshot])
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
    world.sandbox.proxy.faults.length = 0
  })
  afterAll(() => world?.end())

  const start = (): Promise<Live> =>
    world.live({ ...config, journal: { ...config.journal, path: `${config.journal.path}.${++lives}` } })
  const isIncluded = (keeper: Live): boolean => keeper.attempts().some(({ status }) => status === 'included')
  const owners = ({ keeper }: Live): readonly unknown[] =>
    keeper
      .mirror()
      .modules.strategies.flatMap(({ key }) =>
        [...keeper.mirror().books.shelf(key).positions()].map((one) => one.owner),
      )
  const positions = (keeper: Live): number => keeper.keeper.mirror().books.size().positions

  it('an outage of the node is an alert with the last good book, never "0 positions"; afterwards it catches up', async () => {
    const keeper = await start()
    await keeper.block()
    const held = positions(keeper)
    expect(held).toBe(world.sandbox.accounts.borrowers.length)
    expect(keeper.observe.health().blind).toEqual([])
    world.sandbox.proxy.faults.push({ kind: 'server-error', times: 1_000_000 })
    await world.sandbox.mine()
    await world.price('WETH', 2_800)
    await world.sandbox.mine()
    const deadline = Date.now() + 10_000
    while (keeper.observe.health().blind.length === 0 && Date.now() < deadline) await sleep(50)
    expect(keeper.observe.health().blind.join()).toMatch(/no head for|the node failed/)
    const metrics = await keeper.observe.metricsText()
    expect(metrics).toMatch(/plimsoll_rpc_faults_total{code="rpc-unreachable"} [1-9]/)
    expect(metrics).toMatch(new RegExp(`plimsoll_book_items{kind="positions"} ${held}`))
    expect(positions(keeper)).toBe(held)
    expect(keeper.intents()).toEqual([])
    world.sandbox.proxy.faults.length = 0
    for (let blocks = 0; blocks < 4; blocks += 1) await keeper.block()
    expect(keeper.observe.health().blind).toEqual([])
    expect(isIncluded(keeper)).toBe(true)
    await keeper.stop()
  })

  it('a borrower that was idle for a year is still found, and liquidated', async () => {
    const { rpc, accounts } = world.sandbox
    await rpc.request('anvil_mine', ['0x190', `0x${Math.ceil(year / 400).toString(16)}`])
    const keeper = await start()
    for (const { address } of accounts.borrowers) expect(owners(keeper)).toContain(address)
    await world.price('WETH', 2_700)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(isIncluded(keeper)).toBe(true)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('one 429, a dropped connection, an answer that is not JSON: the next block acts', async () => {
    const keeper = await start()
    await world.price('WETH', 2_800)
    world.sandbox.proxy.faults.push(
      { method: 'eth_getLogs', kind: 'too-many', times: 1 },
      { method: 'eth_call', kind: 'too-many', times: 1 },
      { method: 'eth_simulateV1', kind: 'drop', times: 1 },
      { method: 'eth_getBalance', kind: 'not-json', times: 1 },
      { method: 'eth_getTransactionReceipt', kind: 'too-many', times: 1 },
    )
    await keeper.block()
    await keeper.block()
    await keeper.block()
    await keeper.block()
    expect(keeper.faults.length).toBeGreaterThan(0)
    expect(isIncluded(keeper)).toBe(true)
    // What landed is in the journal with its receipt, though the first reading of it failed.
    const landed = keeper.attempts().flatMap(({ status, plan }) => (status === 'included' ? [plan] : []))
    const receipts = keeper.journal.select({ streams: ['receipt'] }).map(({ record }) => record.plan)
    expect(receipts).toEqual(landed)
    expect(world.sandbox.proxy.faults.filter(({ times }) => times > 0)).toEqual([])
    await keeper.stop()
  })

  it('collateral nobody knew, listed while it runs, is skipped by name; the keeper goes on with all others', async () => {
    const keeper = await start()
    const borrower = await listUnknown()
    await keeper.block()
    await world.price('WETH', 2_400)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    const verdicts = keeper.journal.select({ streams: ['verdict'] }).map(({ record }) => record)
    const own = verdicts.filter(({ positions: all }) => (all as readonly string[]).some((id) => id.endsWith(borrower)))
    expect(own.map((verdict) => verdict.reason)).toContain('no-route')
    expect(own.some((verdict) => verdict.do === 'act')).toBe(false)
    expect(isIncluded(keeper)).toBe(true)
    expect(keeper.faults).toEqual([])
    const again = await world.live({
      ...config,
      journal: { ...config.journal, path: `${config.journal.path}.${++lives}` },
    })
    expect(owners(again)).toContain(borrower)
    await again.block()
    await keeper.stop()
    await again.stop()
  })

  /** A token without any pool becomes collateral on Aave 3.6, priced as ether; somebody borrows dollars against it. */
  async function listUnknown(): Promise<Address> {
    const { rpc, accounts, addresses } = world.sandbox
    const { aave, tokens } = addresses
    const { address: admin } = accounts.deployer
    const { address: borrower } = testAccount('somebody new')
    const as = (from: Address, to: Address | null, data: string): Promise<unknown> =>
      rpc.request('eth_sendTransaction', [{ from, data, gas: '0x989680', ...(to === null ? {} : { to }) }])
    const ask = async (name: string, args: readonly unknown[]): Promise<readonly string[]> => {
      const data = calls.encodeFunctionData(name, args)
      const answer = await rpc.request('eth_call', [{ to: aave['3.6'].dataProvider, data }, 'latest'])
      return calls.decodeFunctionResult(name, answer as string) as never
    }
    const implementation = async (proxy: string | undefined): Promise<Address> =>
      addressOfWord((await rpc.request('eth_getStorageAt', [proxy, implementationSlot, 'latest'])) as Hex)
    const [aToken, , debtToken] = await ask('getReserveTokensAddresses', [tokens.DAI.address])
    for (const who of [admin, borrower]) {
      await rpc.request('anvil_impersonateAccount', [who])
      await rpc.request('anvil_setBalance', [who, '0x56bc75e2d63100000'])
    }
    const nonce = Number(await rpc.request('eth_getTransactionCount', [admin, 'pending']))
    const token = getCreateAddress({ from: admin, nonce }).toLowerCase() as Address
    const code = compiledCode(ownContracts(), 'TestToken')
    await as(admin, null, `${code.bytecode}${new Interface(code.abi).encodeDeploy(['Unknown', 'UNK', 18]).slice(2)}`)
    const rates = AbiCoder.defaultAbiCoder().encode(['uint16', 'uint32', 'uint32', 'uint32'], [8000, 0, 400, 6000])
    const reserve = [
      await implementation(aToken),
      await implementation(debtToken),
      token,
      'a',
      'a',
      'd',
      'd',
      '0x',
      rates,
    ]
    const amount = 10n ** 19n
    const encoded = (name: string, args: readonly unknown[]): string => calls.encodeFunctionData(name, args)
    await as(admin, aave['3.6'].oracle, encoded('setAssetSources', [[token], [tokens.WETH.feed]]))
    await as(admin, aave['3.6'].configurator, encoded('initReserves', [[reserve]]))
    await as(admin, aave['3.6'].configurator, encoded('configureReserveAsCollateral', [token, 5000, 6000, 11000]))
    await as(admin, token, encoded('mint', [borrower, amount]))
    await world.sandbox.mine()
    await as(borrower, token, encoded('approve', [aave['3.6'].pool, amount]))
    await as(borrower, aave['3.6'].pool, encoded('supply', [token, amount, borrower, 0]))
    await as(borrower, aave['3.6'].pool, encoded('borrow', [tokens.USDC.address, 14_900_000_000n, 2, 0, borrower]))
    return borrower
  }
})
