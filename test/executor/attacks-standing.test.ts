import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { amount, bps, wei } from '#core/numbers.ts'
import type { Instruction } from '#core/program.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { orderBytes } from '../../src/execution/encode-order.ts'
import { attack, printAttacks } from './attack.ts'
import { account, type Bench, E18, startBench } from './bench.ts'
import { outcome, outcomeOf } from './calls.ts'
import { act, exactly, flash, gainedLess, order, swap } from './programs.ts'

const abi = new Interface(executorAbi)

describe('on what stands in the executor', () => {
  let bench: Bench
  let weth: Address
  let token: Address
  beforeAll(async () => {
    bench = await startBench()
    weth = bench.weth.address
    token = bench.tokens.PlainToken.address
  })
  afterAll(() => bench?.stop())
  printAttacks('On what stands in the executor')

  const run = async (...program: Instruction[]): Promise<string> => outcome(bench, order(program))
  const mustPay = (...program: Instruction[]): Promise<string> =>
    outcome(bench, order(program, { minimumNet: wei(1n) }))
  const gift = (units = E18): Instruction => act(bench.market, 'redeem', [units, weth, bench.executor])

  attack('standing wrapped native counted as profit', () => mustPay(), /^BelowMinimum\(0, 1\)/)
  attack(
    'standing token sold for profit (exactly)',
    () => mustPay(swap('uniswap-v3', bench.v3.factory.address, bench.v3.pool, [token, weth], exactly(E18))),
    /^BelowMinimum\(0, 1\)/,
  )
  attack(
    'standing token sold for profit (all that was gained)',
    () =>
      mustPay(swap('uniswap-v2', bench.v2.factory.address, bench.v2.pair.PlainToken, [token, weth], gainedLess(0n))),
    /^BelowMinimum\(0, 1\)/,
  )
  attack('standing native currency wrapped for profit', () => mustPay({ op: 'wrap' }), /^BelowMinimum\(0, 1\)/)
  attack(
    'standing native currency spent by an act',
    () => mustPay(act(bench.market, 'buy', [weth, E18], { value: E18 })),
    /^NativeShort/,
  )
  attack(
    'standing token paid for wrapped native',
    () =>
      mustPay(act(bench.market, 'liquidate', [token, E18, weth, 2n * E18], { approve: { asset: token, amount: E18 } })),
    /^StandingLost/,
  )
  attack(
    'loan paid away, and given back from what stands here',
    () =>
      mustPay(
        flash('morpho', bench.morpho.address, token, E18, [
          act(bench.market, 'liquidate', [token, E18, weth, E18 / 2n], { approve: { asset: token, amount: E18 } }),
        ]),
      ),
    /^StandingLost/,
  )
  attack(
    'standing token filled in as gained',
    () =>
      mustPay(
        act(bench.market, 'sellAll', [token, 0, weth, 0], {
          approve: { asset: token, amount: E18 },
          fills: [{ offset: 36, with: 'gained', asset: token }],
        }),
      ),
    /^BelowMinimum\(0, 1\)/,
  )
  attack(
    'standing wrapped native paid away behind a larger gift of another token',
    () =>
      run(act(bench.market, 'liquidate', [weth, E18, token, 100n * E18], { approve: { asset: weth, amount: E18 } })),
    /^(StandingLost|BelowMinimum)/,
  )
  attack(
    'standing shares burnt without an allowance',
    () => mustPay(act(bench.market, 'burnShares', [E18, weth, 2n * E18])),
    /^StandingLost/,
  )
  attack(
    'standing wrapped native paid as the tip',
    () => outcome(bench, order([], { tipShareBps: bps(10_000n), minimumNet: wei(1n) })),
    /^BelowMinimum/,
  )
  attack(
    'tip above all that was gained',
    () => outcome(bench, order([gift()], { tipShareBps: bps(10_000n), minimumNet: wei(1n) })),
    /^BelowMinimum/,
  )
  attack(
    'tip share above one',
    () => {
      // The encoder refuses it, so it is written by hand: 10000 bps become 10001.
      const good = orderBytes(order([gift()], { tipShareBps: bps(10_000n) }))
      const bad = `${good.slice(0, 58)}2711${good.slice(62)}`
      const data = abi.encodeFunctionData('execute', [bad]) as Hex
      return outcomeOf(bench.rpc, { from: account.operator.address, to: bench.executor, data })
    },
    /^BadTipShare/,
  )
  attack(
    'gas larger than the gain',
    () => outcome(bench, order([gift(1_000_000n)]), { gasPrice: 10_000_000_000n }),
    /^BelowMinimum\(-/,
  )

  attack(
    'price moved since it was planned',
    async () => {
      const probe = bench.batch.deploy(compiledCode(bench.own, 'Probe'))
      await bench.batch.flush()
      const data = probe.abi.encodeFunctionData('price') as Hex
      const word = (value: number): Hex => `0x${value.toString(16).padStart(64, '0')}`
      const with_ = (value: number) =>
        outcome(bench, order([gift()], { expects: [{ to: probe.address, data, word: word(value) }] }))
      expect(await with_(7)).toBe('ok')
      return with_(8)
    },
    /^PriceMoved/,
  )
  attack(
    'expectation of an address without code',
    () =>
      outcome(
        bench,
        order([gift()], {
          expects: [{ to: testAccount('nobody').address, data: '0x12345678', word: `0x${'00'.repeat(32)}` }],
        }),
      ),
    /^PriceMoved/,
  )
  attack(
    'act on an address whose code is gone',
    () => run(act({ ...bench.market, address: testAccount('nobody').address }, 'refuse', [])),
    /^NotRegistered/,
  )
  attack(
    'amount too large for an order',
    async () =>
      run(
        swap('uniswap-v3', bench.v3.factory.address, bench.v3.pool, [token, weth], { exactly: amount(2n ** 128n) }),
      ).catch(String),
    /does not fit/,
  )
})
