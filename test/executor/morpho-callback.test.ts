import { AbiCoder, Interface, keccak256 } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import { type Address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Instruction } from '#core/program.ts'
import { targetEntry } from '../../contracts/registry.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { account, type Bench, DELAY, E18, startBench } from './bench.ts'
import { outcome, send } from './calls.ts'
import { act, gainedLess, order, swap } from './programs.ts'

const abi = new Interface(executorAbi)
const onMorphoLiquidate: Hex = '0xcf7ea196'
const LLTV = (8n * E18) / 10n

describe('a liquidation on the real Morpho Blue, funded by its callback alone', () => {
  let bench: Bench
  let oracle: Contract
  let params: readonly [Address, Address, Address, Address, bigint]
  const borrower = testAccount('borrower').address

  beforeAll(async () => {
    bench = await startBench()
    const { batch, weth, morpho, rpc } = bench
    const collateral = bench.tokens.PlainToken
    const { deployer, owner } = account
    await rpc.request('anvil_setBalance', [borrower, `0x${(10n * E18).toString(16)}`])
    oracle = batch.deploy(compiledCode(bench.own, 'Probe'))
    params = [weth.address, collateral.address, oracle.address, ZERO_ADDRESS, LLTV]
    const from = deployer.address
    batch.call(from, oracle, 'set', [10n ** 36n])
    batch.call(from, morpho, 'enableIrm', [ZERO_ADDRESS])
    batch.call(from, morpho, 'enableLltv', [LLTV])
    batch.call(from, morpho, 'createMarket', [params])
    batch.call(from, weth, 'deposit', [], 100n * E18)
    batch.call(from, weth, 'approve', [morpho.address, 100n * E18])
    batch.call(from, morpho, 'supply', [params, 100n * E18, 0, from, '0x'])
    batch.call(from, collateral, 'mint', [borrower, 10n * E18])
    await batch.flush()
    batch.call(borrower, collateral, 'approve', [morpho.address, 10n * E18])
    batch.call(borrower, morpho, 'supplyCollateral', [params, 10n * E18, borrower, '0x'])
    batch.call(borrower, morpho, 'borrow', [params, 79n * 10n ** 17n, 0, borrower, borrower])
    await batch.flush()
    // Registered as everything is: proposed, waited for, accepted.
    const { key, value } = targetEntry(morpho.address, morpho.abi.getFunction('liquidate')!.selector as Hex)
    const as = (name: string, args: readonly unknown[]) =>
      send(rpc, { from: owner.address, to: bench.executor, data: abi.encodeFunctionData(name, args) as Hex })
    await as('proposeEntry', [key, value])
    await rpc.request('evm_increaseTime', [DELAY])
    expect((await as('acceptEntry', [key])).status).toBe('0x1')
  })
  afterAll(() => bench?.stop())

  const liquidation = (inside: readonly Instruction[]): Instruction =>
    act(bench.morpho, 'liquidate', [params, borrower, 4n * E18, 0, 'payload'], {
      approve: { asset: bench.weth.address, amount: 10n * E18 },
      callback: { selector: onMorphoLiquidate, inside },
    })
  const sale = (): Instruction =>
    swap(
      'uniswap-v3',
      bench.v3.factory.address,
      bench.v3.pool,
      [bench.tokens.PlainToken.address, bench.weth.address],
      gainedLess(0n),
    )

  it('reverts while the position is healthy', async () => {
    expect(await outcome(bench, order([liquidation([sale()])]))).toBe('Error(position is healthy)')
  })

  it('sells the collateral inside, repays, keeps the difference and leaves no allowance', async () => {
    bench.batch.call(account.deployer.address, oracle, 'set', [(97n * 10n ** 36n) / 100n])
    await bench.batch.flush()
    const receipt = await send(bench.rpc, {
      from: account.operator.address,
      to: bench.executor,
      data: encodeOrder(order([liquidation([sale()])])),
    })
    expect(receipt.status).toBe('0x1')
    const executed = receipt.logs.map((log) => abi.parseLog(log)).find((log) => log?.name === 'Executed')!.args
    const id = keccak256(
      AbiCoder.defaultAbiCoder().encode(['address', 'address', 'address', 'address', 'uint256'], params),
    )
    const [, , collateral] = await bench.batch.read(bench.morpho, 'position', [id, borrower])
    expect(collateral).toBe(6n * E18)
    // 4 sold at par less the pool's fee and its slope, 3.88 worth of them taken at a bonus of 6.4 %.
    expect(Number(executed.gained) / 1e18).toBeGreaterThan(0.25)
    expect(await bench.batch.read(bench.weth, 'allowance', [bench.executor, bench.morpho.address])).toEqual([0n])
  })
})
