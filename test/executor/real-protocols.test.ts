import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Hex } from '#core/address.ts'
import { bps } from '#core/numbers.ts'
import type { Instruction } from '#core/program.ts'
import { readExecutor } from '../../contracts/read-executor.ts'
import { usd } from '../../sandbox/market-data.ts'
import { outcomeOf } from './calls.ts'
import { flash, gainedLess, order, swap } from './programs.ts'
import {
  allowance,
  balanceOf,
  execute,
  liquidation,
  lower,
  type RealChain,
  type Receipt,
  startRealChain,
} from './real-chain.ts'

const abi = new Interface(executorAbi)
const executedOf = (receipt: Receipt) => {
  const found = receipt.logs.map((log) => abi.parseLog(log)).find((log) => log?.name === 'Executed')
  return found?.args as unknown as { gained: bigint; gasCost: bigint; tip: bigint }
}

describe('the executor on Aave 3.6, Morpho and Uniswap as their packages ship them', () => {
  let chain: RealChain
  let snapshot: unknown
  beforeAll(async () => {
    chain = await startRealChain()
    await chain.setPrice('WETH', usd(2_700))
    await chain.movePools({ WETH: usd(2_700) })
    await chain.mine()
    snapshot = await chain.rpc.request('evm_snapshot', [])
  })
  afterAll(() => chain?.stop())
  const again = async (): Promise<void> => {
    await chain.rpc.request('evm_revert', [snapshot])
    snapshot = await chain.rpc.request('evm_snapshot', [])
  }

  /** Half of the plain borrower's debt, funded and sold as the caller likes. */
  function inside(exit: 'uniswap-v3' | 'uniswap-v2', debt: bigint, owed: bigint): readonly Instruction[] {
    const { aave, tokens, uniswapV3, uniswapV2 } = chain.addresses
    const [weth, usdc] = [tokens.WETH.address, tokens.USDC.address]
    const borrower = chain.accounts.borrowers.find((one) => one.label === 'plain')!.address
    const v3 = uniswapV3.pools.find((one) => one.pair.join() === 'WETH,USDC' && one.fee === 500)!
    const v2 = uniswapV2.pairs.find((one) => one.pair.join() === 'WETH,USDC')!
    const sale =
      exit === 'uniswap-v3'
        ? swap(exit, uniswapV3.factory, v3.address, [weth, usdc], gainedLess(0n), { feePips: 500 })
        : swap(exit, uniswapV2.factory, v2.address, [weth, usdc], gainedLess(0n))
    const back = swap('uniswap-v3', uniswapV3.factory, v3.address, [usdc, weth], gainedLess(owed), { feePips: 500 })
    return [liquidation(aave['3.6'].pool, weth, usdc, borrower, debt), sale, back]
  }
  const loan = 5_000_000_000n

  it('reads back as it was deployed', async () => {
    const state = await readExecutor(chain.rpc, chain.executor, {
      operators: [chain.accounts.operators[0]!.address, chain.accounts.trader.address],
      registry: chain.registry,
    })
    expect(state.codeMatches).toBe(true)
    expect(state.owner).toBe(chain.accounts.owner.address)
    expect(state.operators.map((one) => one.isOperator)).toEqual([true, false])
    expect(state.missing).toEqual([])
  })

  it.each([
    ['Morpho', 'Uniswap V3', 'morpho', 'uniswap-v3'],
    ['Morpho', 'Uniswap V2', 'morpho', 'uniswap-v2'],
    ['Aave', 'Uniswap V3', 'aave-v3', 'uniswap-v3'],
  ] as const)('liquidates with a loan of %s and sells on %s', async (_l, _v, kind, exit) => {
    await again()
    const { aave, morpho, tokens, weth } = chain.addresses
    const usdc = tokens.USDC.address
    const lender = kind === 'morpho' ? morpho : aave['3.6'].pool
    const owed = kind === 'morpho' ? loan : loan + (loan * 5n + 9_999n) / 10_000n
    const builder = lower(String(await chain.rpc.request('eth_coinbase', []).catch(() => '0x')))
    const receipt = await execute(
      chain,
      chain.accounts.operators[0]!.privateKey,
      order([flash(kind, lender, usdc, loan, inside(exit, loan, owed))], { tipShareBps: bps(5_000n) }),
    )
    expect(receipt.status).toBe('0x1')
    const { gained, gasCost, tip } = executedOf(receipt)
    const paid = BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice)
    process.stdout.write(
      `${kind} ${exit}: gas ${Number(receipt.gasUsed)}, measured ${gasCost / BigInt(receipt.effectiveGasPrice)}, gained ${gained}, tip ${tip}, builder ${builder}\n`,
    )
    expect(gasCost).toBeGreaterThanOrEqual(paid)
    expect(tip).toBeGreaterThan(0n)
    expect(await balanceOf(chain, weth, chain.executor)).toBe(gained - tip)
    expect(await balanceOf(chain, usdc, chain.executor)).toBe(0n)
    for (const spender of [lender, aave['3.6'].pool])
      expect(await allowance(chain, usdc, chain.executor, spender)).toBe(0n)
  })

  it('with what a simulation saw given back, gas is measured closely and never below the receipt', async () => {
    await again()
    const { morpho, tokens } = chain.addresses
    const what = (refundGas: number) =>
      order([flash('morpho', morpho, tokens.USDC.address, loan, inside('uniswap-v3', loan, loan))], { refundGas })
    const run = async (refundGas: number) => {
      const receipt = await execute(chain, chain.accounts.operators[0]!.privateKey, what(refundGas))
      const measured = Number(executedOf(receipt).gasCost / BigInt(receipt.effectiveGasPrice))
      return { measured, used: Number(receipt.gasUsed) }
    }
    const first = await run(0)
    await again()
    // A margin for what is measured by rule of thumb: the way out.
    const second = await run(first.measured - first.used - 10_000)
    process.stdout.write(`measured ${first.measured}, with the refund ${second.measured}, receipt ${second.used}\n`)
    expect(second.measured).toBeGreaterThanOrEqual(second.used)
    expect(second.measured - second.used).toBeLessThan(12_000)
  })

  it('a stranger cannot have Aave lend in our name', async () => {
    await again()
    const { aave, tokens } = chain.addresses
    const lender = new Interface(['function flashLoanSimple(address,address,uint256,bytes,uint16)'])
    const data = lender.encodeFunctionData('flashLoanSimple', [
      chain.executor,
      tokens.USDC.address,
      loan,
      '0x00000000',
      0,
    ])
    const call = { from: chain.accounts.trader.address, to: aave['3.6'].pool, data: data as Hex }
    expect(await outcomeOf(chain.rpc, call)).toMatch(/^CallbackUnexpected/)
  })

  it('a pool moved between signing and inclusion makes it revert, and no token is lost', async () => {
    await again()
    const { morpho, tokens, weth } = chain.addresses
    const [usdc, tracked] = [tokens.USDC.address, [tokens.USDC.address, weth]]
    const before = await Promise.all(tracked.map((token) => balanceOf(chain, token, chain.executor)))
    const what = order([flash('morpho', morpho, usdc, loan, inside('uniswap-v3', loan, loan))])
    // The trader's transactions are in the same block, before ours.
    await chain.movePools({ WETH: usd(2_400) })
    const receipt = await execute(chain, chain.accounts.operators[0]!.privateKey, what)
    expect(receipt.status).toBe('0x0')
    expect(await Promise.all(tracked.map((token) => balanceOf(chain, token, chain.executor)))).toEqual(before)
    expect(await allowance(chain, usdc, chain.executor, morpho)).toBe(0n)
  })
})
