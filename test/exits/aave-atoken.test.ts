import { Interface, Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Wrapping } from '#core/exit.ts'
import { amount } from '#core/numbers.ts'
import type { Instruction } from '#core/program.ts'
import { deployExecutor } from '../../contracts/deploy-executor.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import exit from '../../exits/aave-atoken/index.ts'
import { usd } from '../../sandbox/market-data.ts'
import { viewAt } from '../../src/chain/view.ts'
import { flash, gainedLess, order, redeem, swap } from '../executor/programs.ts'
import { balanceOf, execute, liquidation, type RealChain, startRealChain } from '../executor/real-chain.ts'

const abi = new Interface(executorAbi)
const aave = new Interface([
  'function getReserveAToken(address) view returns (address)',
  'function getVirtualUnderlyingBalance(address) view returns (uint128)',
  'function liquidationCall(address,address,address,uint256,bool)',
])

/** Seized as aTokens of the real Aave 3.6, withdrawn, sold on the real Uniswap, repaid to the real Morpho. */
describe('aTokens of Aave 3.6', () => {
  let chain: RealChain
  let executor: Address
  let pool: Address
  let aToken: Address
  beforeAll(async () => {
    chain = await startRealChain()
    await chain.setPrice('WETH', usd(2_700))
    await chain.movePools({ WETH: usd(2_700) })
    await chain.mine()
    pool = chain.addresses.aave['3.6'].pool
    const registry = await registryFor(await view(), [{ name: exit.name, config: { pool }, definition: exit as never }])
    expect(registry.length).toBeGreaterThan(3)
    const { accounts, rpc, mine } = chain
    const deployed = await deployExecutor({
      ...{ rpc, wallet: new Wallet(accounts.deployer.privateKey), owner: accounts.owner.address },
      ...{ operators: [accounts.operators[0]!.address], sink: accounts.sink.address, delaySeconds: 86_400 },
      ...{ wrappedNative: chain.addresses.weth, registry: [...chain.registry, ...registry] },
      onSent: async () => void (await mine()),
    })
    executor = deployed.executor
    chain = { ...chain, executor }
    aToken = await ask('getReserveAToken', [chain.addresses.weth])
  }, 120_000)
  afterAll(() => chain?.stop())

  const view = async () => {
    const head = (await chain.rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex }
    return viewAt(chain.rpc, head.hash)
  }
  async function ask<T>(name: string, args: readonly unknown[]): Promise<T> {
    const data = aave.encodeFunctionData(name, args)
    const answer = (await chain.rpc.request('eth_call', [{ to: pool, data }, 'latest'])) as Hex
    const [found] = aave.decodeFunctionResult(name, answer)
    return (typeof found === 'string' ? found.toLowerCase() : found) as T
  }
  const read = async (...tokens: readonly Address[]): Promise<readonly Wrapping[]> =>
    exit.create({ pool }).read(await view(), tokens)

  it('are found, one for one, with the cash the pool counts; other tokens are not', async () => {
    const { tokens, weth } = chain.addresses
    const found = await read(aToken, tokens.USDC.address, weth)
    const cash = await ask<bigint>('getVirtualUnderlyingBalance', [weth])
    expect(found).toEqual([{ token: aToken, asset: weth, rate: 1n, scale: 1n, feeWad: 0n, cash }])
  })

  it('seized in a liquidation become their asset, all of them, and pay', async () => {
    const { tokens, weth, morpho, uniswapV3 } = chain.addresses
    const usdc = tokens.USDC.address
    const borrower = chain.accounts.borrowers.find((one) => one.label === 'plain')!.address
    const loan = 5_000_000_000n
    const plain = liquidation(pool, weth, usdc, borrower, loan)
    if (plain.op !== 'act') throw new Error('not an act')
    const data = aave.encodeFunctionData('liquidationCall', [weth, usdc, borrower, loan, true]) as Hex
    const seize: Instruction = { ...plain, call: { ...plain.call, data } }
    const v3 = uniswapV3.pools.find((one) => one.pair.join() === 'WETH,USDC' && one.fee === 500)!
    const sale = (sell: Address, buy: Address, keep: bigint) =>
      swap('uniswap-v3', uniswapV3.factory, v3.address, [sell, buy], gainedLess(keep), { feePips: 500 })
    const inside = [seize, redeem(aToken, weth, gainedLess(0n)), sale(weth, usdc, 0n), sale(usdc, weth, loan)]
    const operator = chain.accounts.operators[0]!.privateKey
    const receipt = await execute(chain, operator, order([flash('morpho', morpho, usdc, loan, inside)]))
    expect(receipt.status).toBe('0x1')
    expect(await balanceOf(chain, aToken, executor)).toBe(0n)
    const executed = receipt.logs.map((log) => abi.parseLog(log)).find((log) => log?.name === 'Executed')!.args
    expect(executed.gained).toBe(await balanceOf(chain, weth, executor))
    expect(executed.gained).toBeGreaterThan(0n)
    // What the pool paid out is what it sent of the aToken, to the unit.
    const transfer = new Interface(['event Transfer(address indexed from, address indexed to, uint256 value)'])
    const withdrew = receipt.logs
      .filter(({ address, topics }) => address.toLowerCase() === weth && topics.length === 3)
      .map((log) => transfer.parseLog(log)!.args)
      .find(({ from }) => String(from).toLowerCase() === aToken)
    const seized = receipt.logs
      .filter(({ address, topics }) => address.toLowerCase() === aToken && topics.length === 3)
      .map((log) => transfer.parseLog(log)?.args)
      .find((args) => String(args?.to).toLowerCase() === executor)
    expect(BigInt(withdrew?.value ?? 0n) - BigInt(seized?.value ?? 0n)).toBeLessThanOrEqual(1n)
    expect(withdrew?.value).toBeGreaterThanOrEqual(amount(seized?.value ?? 1n))
  })

  it('are no way out while the reserve is paused', async () => {
    const configurator = await configuratorOf()
    const { accounts, rpc, mine } = chain
    await rpc.request('anvil_autoImpersonateAccount', [true])
    const data = new Interface(['function setReservePause(address,bool)']).encodeFunctionData('setReservePause', [
      chain.addresses.weth,
      true,
    ])
    await rpc.request('eth_sendTransaction', [
      { from: accounts.deployer.address, to: configurator, data, gas: '0x7a120' },
    ])
    await mine()
    expect((await read(aToken))[0]?.cash).toBe(0n)
  })

  async function configuratorOf(): Promise<string> {
    const provider = new Interface([
      'function ADDRESSES_PROVIDER() view returns (address)',
      'function getPoolConfigurator() view returns (address)',
    ])
    const at = async (to: string, name: string): Promise<string> => {
      const answer = await chain.rpc.request('eth_call', [{ to, data: provider.encodeFunctionData(name) }, 'latest'])
      return String(provider.decodeFunctionResult(name, String(answer))[0])
    }
    return at(await at(pool, 'ADDRESSES_PROVIDER'), 'getPoolConfigurator')
  }
})
