import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { wei } from '#core/numbers.ts'
import type { Instruction } from '#core/program.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { attack, printAttacks } from './attack.ts'
import { account, type Bench, DELAY, E18, startBench } from './bench.ts'
import { outcome, outcomeOf, send } from './calls.ts'
import { act, exactly, flash, gainedLess, order, swap } from './programs.ts'

const abi = new Interface(executorAbi)

describe('by tokens of every bad habit', () => {
  let bench: Bench
  let weth: Address
  beforeAll(async () => {
    bench = await startBench()
    weth = bench.weth.address
  })
  afterAll(() => bench?.stop())
  printAttacks('By tokens of every bad habit')

  type Name = keyof Bench['tokens']
  const run = async (...program: Instruction[]): Promise<string> =>
    outcome(bench, order(program, { minimumNet: wei(1n) }))
  const gift = (units = E18): Instruction => act(bench.market, 'redeem', [units, weth, bench.executor])
  const v2 = (name: Name, sells = gainedLess(0n), minimum = 0n): Instruction =>
    swap('uniswap-v2', bench.v2.factory.address, bench.v2.pair[name], [bench.tokens[name].address, weth], sells, {
      minimum,
    })
  /** Pays the market in a token and sells what it gives back: a liquidation in small. */
  const round = (name: Name, borrowed = 100n * E18): Instruction => {
    const token = bench.tokens[name].address
    const pay = act(bench.market, 'liquidate', [token, 50n * E18, weth, 60n * E18], {
      approve: { asset: token, amount: 50n * E18 },
    })
    const rebuy = swap('uniswap-v2', bench.v2.factory.address, bench.v2.pair[name], [weth, token], exactly(58n * E18))
    return flash('morpho', bench.morpho.address, token, borrowed, [
      pay,
      rebuy,
      { op: 'swap', ...(v2(name, gainedLess(borrowed)) as object) } as Instruction,
    ])
  }
  const allowances = async (name: Name): Promise<bigint[]> =>
    Promise.all(
      [bench.market, bench.morpho, bench.lender].map(async (spender) =>
        BigInt(String((await bench.batch.read(bench.tokens[name], 'allowance', [bench.executor, spender.address]))[0])),
      ),
    )
  const mined = (what: Parameters<typeof encodeOrder>[0], rest: Partial<Parameters<typeof send>[1]> = {}) =>
    send(bench.rpc, { from: account.operator.address, to: bench.executor, data: encodeOrder(what), ...rest })
  const call = (to: Contract, name: string, args: readonly unknown[]) => {
    bench.batch.call(account.deployer.address, to, name, args)
    return bench.batch.flush()
  }

  it.each(['PlainToken', 'NoReturnToken', 'ApproveToZeroToken'] as const)(
    '%s goes round, and no allowance stays',
    async (name) => {
      const id = await bench.rpc.request('evm_snapshot', [])
      const receipt = await mined(order([round(name)], { minimumNet: wei(E18) }))
      expect(receipt.status).toBe('0x1')
      expect(await allowances(name)).toEqual([0n, 0n, 0n])
      await bench.rpc.request('evm_revert', [id])
    },
  )
  it.each(['PlainToken', 'NoReturnToken', 'ApproveToZeroToken'] as const)(
    'an allowance of %s that was not used is taken back',
    async (name) => {
      const id = await bench.rpc.request('evm_snapshot', [])
      const idle = act(bench.hostile, 'takesNothing', [], {
        approve: { asset: bench.tokens[name].address, amount: E18 },
      })
      expect((await mined(order([idle, gift()]))).status).toBe('0x1')
      expect(
        BigInt(
          String((await bench.batch.read(bench.tokens[name], 'allowance', [bench.executor, bench.hostile.address]))[0]),
        ),
      ).toBe(0n)
      await bench.rpc.request('evm_revert', [id])
    },
  )
  it('a token that keeps a part of transfers is sold by what arrived', async () => {
    const token = bench.tokens.FeeToken.address
    expect(
      await run(
        act(bench.market, 'redeem', [10n * E18, token, bench.executor]),
        v2('FeeToken', gainedLess(0n), 9n * E18),
      ),
    ).toBe('ok')
  })

  attack(
    'fee-on-transfer token as the loan',
    () => run(flash('morpho', bench.lender.address, bench.tokens.FeeToken.address, E18, [gift()])),
    /^(Error\(|StandingLost)/,
  )
  attack(
    'fee-on-transfer token bought: the minimum holds for what arrived',
    () =>
      run(
        gift(),
        swap(
          'uniswap-v2',
          bench.v2.factory.address,
          bench.v2.pair.FeeToken,
          [weth, bench.tokens.FeeToken.address],
          exactly(E18),
          { minimum: (98n * E18) / 100n },
        ),
      ),
    /^TooLittle/,
  )
  attack(
    'fee-on-transfer token paid from what stands here',
    () =>
      run(
        act(bench.market, 'liquidate', [bench.tokens.FeeToken.address, E18, weth, 2n * E18], {
          approve: { asset: bench.tokens.FeeToken.address, amount: E18 },
        }),
      ),
    /^StandingLost/,
  )
  attack(
    'no-return token paid from what stands here',
    () =>
      run(
        act(bench.market, 'liquidate', [bench.tokens.NoReturnToken.address, E18, weth, 2n * E18], {
          approve: { asset: bench.tokens.NoReturnToken.address, amount: E18 },
        }),
      ),
    /^StandingLost/,
  )
  attack(
    'token that answers false to approve',
    async () => {
      await call(bench.tokens.FalseToken, 'refuse', [true])
      return run(
        act(bench.market, 'liquidate', [bench.tokens.FalseToken.address, E18, weth, 2n * E18], {
          approve: { asset: bench.tokens.FalseToken.address, amount: E18 },
        }),
      )
    },
    /^ApprovalRefused/,
  )
  attack(
    'token that answers false to transfer',
    async () => {
      const token = bench.tokens.FalseToken
      await call(token, 'refuse', [false])
      const give = act(bench.market, 'redeem', [E18, token.address, bench.executor])
      expect(await run(give, v2('FalseToken'))).toBe('ok')
      await call(token, 'refuse', [true])
      const handed = act(bench.hostile, 'takesNothing', [])
      return run(handed, flash('aave-v3', bench.lender.address, token.address, E18, [v2('FalseToken')]))
    },
    /^(TransferRefused|ApprovalRefused)/,
  )
  attack(
    'token without code: sold',
    () =>
      run(
        gift(),
        swap(
          'uniswap-v2',
          bench.v2.factory.address,
          bench.v2.pair.PlainToken,
          [account.stranger.address, weth],
          exactly(1n),
        ),
      ),
    /^NotToken/,
  )
  attack(
    'token without code: approved',
    () =>
      run(gift(), act(bench.hostile, 'takesNothing', [], { approve: { asset: account.stranger.address, amount: 1n } })),
    /^NotToken/,
  )
  attack(
    'token without code: withdrawn',
    () =>
      outcomeOf(bench.rpc, {
        from: account.operator.address,
        to: bench.executor,
        data: abi.encodeFunctionData('withdraw', [account.stranger.address, 1]) as Hex,
      }),
    /^TransferRefused/,
  )
  attack(
    'blacklisted executor',
    async () => {
      await call(bench.tokens.BlacklistToken, 'blocklist', [bench.executor, true])
      const found = await run(act(bench.market, 'redeem', [E18, bench.tokens.BlacklistToken.address, bench.executor]))
      await call(bench.tokens.BlacklistToken, 'blocklist', [bench.executor, false])
      return found
    },
    /^Error\(blocked\)/,
  )
  attack(
    'blacklisted sink: profits wait, nothing else stops, and the owner can name another',
    async () => {
      const token = bench.tokens.BlacklistToken
      await call(token, 'blocklist', [account.sink.address, true])
      const data = abi.encodeFunctionData('withdraw', [token.address, E18]) as Hex
      const found = await outcomeOf(bench.rpc, { from: account.operator.address, to: bench.executor, data })
      expect(await run(act(bench.market, 'redeem', [E18, token.address, bench.executor]), v2('BlacklistToken'))).toBe(
        'ok',
      )
      const id = await bench.rpc.request('evm_snapshot', [])
      const owner = { from: account.owner.address, to: bench.executor }
      const next = testAccount('next sink').address
      await send(bench.rpc, { ...owner, data: abi.encodeFunctionData('proposeSink', [next]) as Hex })
      await bench.rpc.request('evm_increaseTime', [DELAY])
      await send(bench.rpc, { ...owner, data: abi.encodeFunctionData('acceptSink') as Hex })
      expect((await send(bench.rpc, { ...owner, data })).status).toBe('0x1')
      expect(String((await bench.batch.read(token, 'balanceOf', [next]))[0])).toBe(String(E18))
      await bench.rpc.request('evm_revert', [id])
      return found
    },
    /^TransferRefused/,
  )
})
