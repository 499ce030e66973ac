import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import { type Address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { bps, wei } from '#core/numbers.ts'
import type { Instruction } from '#core/program.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { encodeOrder, tryHash } from '../../src/execution/encode-order.ts'
import { attack, printAttacks } from './attack.ts'
import { account, type Bench, deployOn, E18, startBench } from './bench.ts'
import { outcome, send } from './calls.ts'
import { act, exactly, flash, order, swap } from './programs.ts'

const abi = new Interface(executorAbi)

describe('by re-entry, by the coinbase and by running short', () => {
  let bench: Bench
  let weth: Address
  beforeAll(async () => {
    bench = await startBench()
    weth = bench.weth.address
  })
  afterAll(() => bench?.stop())
  printAttacks('By re-entry, by the coinbase and by running short')

  const run = async (...program: Instruction[]): Promise<string> =>
    outcome(bench, order(program, { minimumNet: wei(1n) }))
  const gift = (units = E18): Instruction => act(bench.market, 'redeem', [units, weth, bench.executor])
  const mined = (what: Parameters<typeof encodeOrder>[0], rest: Partial<Parameters<typeof send>[1]> = {}) =>
    send(bench.rpc, { from: account.operator.address, to: bench.executor, data: encodeOrder(what), ...rest })
  const call = (to: Contract, name: string, args: readonly unknown[]) => {
    bench.batch.call(account.deployer.address, to, name, args)
    return bench.batch.flush()
  }
  const allow = (operator: Address) =>
    send(bench.rpc, {
      from: account.owner.address,
      to: bench.executor,
      data: abi.encodeFunctionData('setOperator', [operator, true]) as Hex,
    })
  const deploy = async (name: string): Promise<Contract> => {
    const made = bench.batch.deploy(compiledCode(bench.own, name))
    await bench.batch.flush()
    return made
  }

  for (const [where, enter] of [
    [
      'a token hook',
      (): Instruction => act(bench.market, 'redeem', [E18, bench.tokens.HookToken.address, bench.executor]),
    ],
    [
      'a token hook inside a loan',
      (): Instruction => flash('morpho', bench.morpho.address, bench.tokens.HookToken.address, E18, []),
    ],
    [
      'a token hook inside a swap',
      (): Instruction =>
        swap(
          'uniswap-v2',
          bench.v2.factory.address,
          bench.v2.pair.HookToken,
          [weth, bench.tokens.HookToken.address],
          exactly(E18),
        ),
    ],
    [
      'a token hook inside a swap with a manager of pools',
      (): Instruction =>
        swap(
          'uniswap-v4',
          bench.manager.address,
          bench.manager.address,
          [weth, bench.tokens.HookToken.address],
          exactly(E18),
          { tickSpacing: 60 },
        ),
    ],
  ] as const) {
    attack(
      `re-entry through ${where}, with every right there is`,
      async () => {
        const executor = await deployOn(
          bench,
          bench.intruder.address,
          [bench.intruder.address, account.operator.address],
          bench.intruder.address,
        )
        const { address: to } = bench.intruder
        const tries = [
          encodeOrder(order([])),
          abi.encodeFunctionData('attempt', ['0x', '0x']),
          abi.encodeFunctionData('withdraw', [weth, 1]),
          abi.encodeFunctionData('withdraw', [ZERO_ADDRESS, 1]),
          abi.encodeFunctionData('setOperator', [to, true]),
          abi.encodeFunctionData('proposeSink', [to]),
          abi.encodeFunctionData('proposeEntry', [`0x${'02'.repeat(32)}`, `0x${'02'.repeat(32)}`]),
          abi.encodeFunctionData('removeEntry', [`0x${'02'.repeat(32)}`]),
          abi.encodeFunctionData('proposeOwner', [to]),
          abi.encodeFunctionData('acceptOwner'),
          `0x31f57072${'00'.repeat(64)}`,
          `0x1b11d0ff${'00'.repeat(192)}`,
          `0xfa461e33${'00'.repeat(128)}`,
          `0x91dd7346${'00'.repeat(96)}`,
        ]
        await call(bench.tokens.HookToken, 'setHook', [to])
        await call(bench.intruder, 'arm', [executor, tries])
        const redeem = act(bench.market, 'redeem', [2n * E18, weth, executor])
        const program = [redeem, enter()].map(
          (one) =>
            JSON.parse(
              JSON.stringify(one, (_, v) => (typeof v === 'bigint' ? `${v}n` : v)).replaceAll(
                bench.executor.slice(2),
                executor.slice(2),
              ),
              (_, v) => (typeof v === 'string' && /^\d+n$/.test(v) ? BigInt(v.slice(0, -1)) : v),
            ) as Instruction,
        )
        const receipt = await send(bench.rpc, {
          from: account.operator.address,
          to: executor,
          data: encodeOrder(order(program)),
        })
        expect(receipt.status).toBe('0x1')
        const [tried, succeeded, failures] =
          (await bench.batch.read(bench.intruder, 'results', []))[0] === undefined
            ? [0n, 0n, []]
            : await bench.batch.read(bench.intruder, 'results', [])
        await call(bench.tokens.HookToken, 'setHook', [ZERO_ADDRESS])
        expect(Number(tried)).toBe(tries.length)
        const names = new Set((failures as string[]).map((selector) => abi.getError(selector)?.name ?? selector))
        return `${succeeded} of ${tried} succeeded: ${[...names].join(' ')}`
      },
      /^0 of 14 succeeded/,
    )
  }
  attack(
    're-entry through a market that is an operator',
    async () => {
      await allow(bench.hostile.address)
      return run(act(bench.hostile, 'reenters', [abi.encodeFunctionData('withdraw', [weth, 1])]))
    },
    /^Locked/,
  )
  attack(
    're-entry through the coinbase while it is paid',
    async () => {
      const coinbase = await deploy('ReenteringCoinbase')
      await call(coinbase, 'aim', [bench.executor])
      await allow(coinbase.address)
      await bench.rpc.request('anvil_setCoinbase', [coinbase.address])
      const receipt = await mined(order([gift()], { tipShareBps: bps(5_000n) }))
      expect(receipt.status).toBe('0x1')
      return abi.getError(String((await bench.batch.read(coinbase, 'why', []))[0]))?.name ?? 'entered'
    },
    /^Locked/,
  )
  for (const [what, name, status] of [
    ['refuses its tip', 'RefusingCoinbase', '0x0'],
    ['burns all the gas it gets', 'BurningCoinbase', '0x0'],
  ] as const) {
    attack(
      `coinbase ${what}`,
      async () => {
        await bench.rpc.request('anvil_setCoinbase', [(await deploy(name)).address])
        const before = await bench.rpc.request('eth_getBalance', [bench.executor, 'latest'])
        const receipt = await mined(order([gift()], { tipShareBps: bps(5_000n) }), { gas: 2_000_000n })
        expect(receipt.status).toBe(status)
        expect(await bench.rpc.request('eth_getBalance', [bench.executor, 'latest'])).toBe(before)
        return `reverted, ${receipt.gasUsed} gas`
      },
      /^reverted/,
    )
  }
  attack(
    'coinbase burns some gas and takes the tip: the minimum still holds',
    async () => {
      const coinbase = await deploy('HungryCoinbase')
      await bench.rpc.request('anvil_setCoinbase', [coinbase.address])
      const receipt = await mined(order([gift()], { tipShareBps: bps(5_000n) }), { gasPrice: 10_000_000_000n })
      expect(receipt.status).toBe('0x1')
      const { args } = abi.parseLog(receipt.logs.find((log) => log.topics[0] === abi.getEvent('Executed')!.topicHash)!)!
      const paid = receipt.gasUsed * receipt.gasPrice
      expect(args.gasCost).toBeGreaterThanOrEqual(paid)
      await bench.rpc.request('anvil_setCoinbase', [testAccount('builder').address])
      return `measured ${args.gasCost / receipt.gasPrice} gas, the receipt says ${receipt.gasUsed}`
    },
    /^measured/,
  )

  const attempt = (gasLimit: number, ...inside: Instruction[]): Instruction => ({ op: 'try', gasLimit, inside })
  const heavy = (): Instruction => act(bench.market, 'useGas', [4_000])
  attack(
    'try starved of gas by the sender',
    async () => {
      const what = order([attempt(2_000_000, heavy()), gift()])
      expect(await outcome(bench, what, { gas: 3_000_000n })).toBe('ok')
      return outcome(bench, what, { gas: 1_800_000n })
    },
    /^TryStarved/,
  )
  attack(
    'return bomb (a revert) inside a try',
    async () => {
      const bomb = act(bench.market, 'bomb', [200_000n, true])
      const inside = [bomb]
      const receipt = await mined(order([attempt(500_000, ...inside), gift()]))
      expect(receipt.status).toBe('0x1')
      const failed = receipt.logs.map((log) => abi.parseLog(log)).find((log) => log?.name === 'TryFailed')!
      expect(failed.args.inside).toBe(tryHash(inside))
      return `survived, ${(String(failed.args.reason).length - 2) / 2} bytes kept, ${receipt.gasUsed} gas`
    },
    /^survived, 256 bytes/,
  )
  attack(
    'return bomb (an answer)',
    async () => {
      const receipt = await mined(order([act(bench.market, 'bomb', [200_000n, false]), gift()]))
      expect(receipt.gasUsed).toBeLessThan(400_000n)
      return `survived, ${receipt.gasUsed} gas`
    },
    /^survived/,
  )
  attack(
    'failed try leaves nothing behind',
    async () => {
      const token = bench.tokens.PlainToken.address
      const inside = act(bench.market, 'liquidate', [token, E18, weth, 1n], { approve: { asset: token, amount: E18 } })
      return run(gift(), attempt(500_000, inside, act(bench.market, 'refuse', [])), gift())
    },
    /^ok/,
  )
  attack(
    'error code instead of a revert',
    () => run(gift(), act(bench.market, 'liquidateCode', [3], { answer: 'zero' })),
    /^Answered/,
  )
})
