import { Interface, keccak256, Wallet } from 'ethers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { bps, wei } from '#core/numbers.ts'
import type { Instruction, Order } from '#core/program.ts'
import { artifactNamed } from '../../contracts/compile.ts'
import { compileExecutor } from '../../contracts/compile-executor.ts'
import { deployExecutor } from '../../contracts/deploy-executor.ts'
import { readExecutor } from '../../contracts/read-executor.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { encodeOrder, orderHash } from '../../src/execution/encode-order.ts'
import { account, type Bench, DELAY, E18, startBench } from './bench.ts'
import { type Mined, outcome, outcomeOf, send } from './calls.ts'
import { act, exactly, flash, gainedLess, order, swap } from './programs.ts'

const abi = new Interface(executorAbi)
const onLiquidate: Hex = '0x7ee0081a'

describe('instructions', () => {
  let bench: Bench
  let weth: Address
  let token: Address
  let clean: unknown
  beforeAll(async () => {
    bench = await startBench()
    weth = bench.weth.address
    token = bench.tokens.PlainToken.address
    await bench.rpc.request('anvil_setCoinbase', [testAccount('builder').address])
    clean = await bench.rpc.request('evm_snapshot', [])
  })
  beforeEach(async () => {
    await bench.rpc.request('evm_revert', [clean])
    clean = await bench.rpc.request('evm_snapshot', [])
  })
  afterAll(() => bench?.stop())

  const gift = (units = E18): Instruction => act(bench.market, 'redeem', [units, weth, bench.executor])
  const give = (units: bigint): Instruction => act(bench.market, 'redeem', [units, token, bench.executor])
  const sell = (sells = gainedLess(0n), minimum = 0n) =>
    swap('uniswap-v3', bench.v3.factory.address, bench.v3.pool, [token, weth], sells, { minimum })
  const run = async (what: Order): Promise<Mined> => {
    const receipt = await send(bench.rpc, {
      from: account.operator.address,
      to: bench.executor,
      data: encodeOrder(what),
    })
    if (receipt.status !== '0x1') throw new Error(await outcome(bench, what))
    return receipt
  }
  const eventOf = (receipt: Mined, name: string) =>
    receipt.logs.map((log) => abi.parseLog(log)).find((log) => log?.name === name)?.args
  const held = async (at: Address): Promise<bigint> =>
    BigInt(String((await bench.batch.read({ ...bench.weth, address: at }, 'balanceOf', [bench.executor]))[0]))

  it('act: a protocol that gives first, calls back and takes last needs no capital', async () => {
    const pay = act(bench.market, 'liquidateBack', [token, 50n * E18, weth, 60n * E18, 'payload'], {
      approve: { asset: token, amount: 50n * E18 },
      callback: {
        selector: onLiquidate,
        inside: [
          swap('uniswap-v2', bench.v2.factory.address, bench.v2.pair.PlainToken, [weth, token], exactly(55n * E18)),
        ],
      },
    })
    const before = [await held(weth), await held(token)]
    const gained = eventOf(await run(order([pay])), 'Executed')?.gained
    expect(gained).toBe(5n * E18)
    expect((await held(weth)) - before[0]!).toBe(5n * E18)
    expect(await held(token)).toBeGreaterThan(before[1]!)
  })

  it('act: a word of the callback is filled in, in a try inside it too', async () => {
    const filled = act(bench.market, 'redeem', [0, weth, bench.executor], {
      fills: [{ offset: 4, with: 'callback-word', index: 0 }],
    })
    const pay = act(bench.market, 'liquidateBack', [token, 7n, weth, 0n, 'payload'], {
      approve: { asset: token, amount: 7n },
      callback: {
        selector: onLiquidate,
        inside: [filled, { op: 'try', gasLimit: 300_000, inside: [filled] }, give(7n)],
      },
    })
    expect(eventOf(await run(order([gift(), pay])), 'Executed')?.gained).toBe(E18 + 14n)
  })

  it('act: what was gained is filled in', async () => {
    const sale = act(bench.market, 'sellAll', [token, 0, weth, 5n], {
      approve: { asset: token, amount: 3n * E18 },
      fills: [{ offset: 36, with: 'gained', asset: token }],
    })
    const before = await held(token)
    expect(eventOf(await run(order([give(3n * E18), sale, gift()])), 'Executed')?.gained).toBe(E18 + 5n)
    expect(await held(token)).toBe(before)
  })

  it('act: an answer of zero is success where it must be', async () => {
    await run(order([act(bench.market, 'liquidateCode', [0], { answer: 'zero' }), gift()]))
  })

  it('wrap: native currency that came with 2,300 gas becomes profit, and what stood here stays', async () => {
    const native = act(bench.market, 'liquidateNative', [token, 1n, 2n * E18], {
      approve: { asset: token, amount: 1n },
    })
    const receipt = await run(order([give(1n), native, { op: 'wrap' }]))
    expect(eventOf(receipt, 'Executed')?.gained).toBe(2n * E18)
    expect(BigInt(String(await bench.rpc.request('eth_getBalance', [bench.executor, 'latest'])))).toBe(3n * E18)
  })

  it('act: native currency gained is spent, exactly as much as was gained', async () => {
    const native = act(bench.market, 'liquidateNative', [token, 1n, 2n * E18], {
      approve: { asset: token, amount: 1n },
    })
    const buy = (value: bigint) => act(bench.market, 'buy', [weth, 9n], { value })
    await run(order([give(1n), native, buy(2n * E18), gift()]))
    expect(await outcome(bench, order([give(1n), native, buy(2n * E18 + 1n)]))).toMatch(/^NativeShort/)
  })

  it('swap: no more than was gained is sold, something may be kept, and nothing is sold where nothing was gained', async () => {
    const before = await held(token)
    await run(order([give(3n * E18), sell(exactly(2n * E18))]))
    expect(await held(token)).toBe(before + E18)
    await run(order([give(3n * E18), sell(exactly(10n * E18))]))
    expect(await held(token)).toBe(before + E18)
    await run(order([give(3n * E18), sell(gainedLess(E18))]))
    expect(await held(token)).toBe(before + 2n * E18)
    await run(order([give(E18), sell(gainedLess(E18), 10n ** 30n), gift()]))
    expect(await held(token)).toBe(before + 3n * E18)
  })

  it('flash: loans within loans, of both kinds, are each repaid', async () => {
    const inner = flash('aave-v3', bench.lender.address, token, E18, [gift()])
    const outer = flash('morpho', bench.morpho.address, token, E18, [
      flash('morpho', bench.morpho.address, weth, E18, [inner]),
    ])
    expect(eventOf(await run(order([outer])), 'Executed')?.gained).toBe(E18)
  })

  it('try: what failed is undone as one, tokens first touched in it too, and the rest goes on', async () => {
    const refused = act(bench.market, 'refuse', [])
    const inside = [give(E18), sell(), refused]
    const receipt = await run(order([{ op: 'try', gasLimit: 900_000, inside }, gift()]))
    expect(eventOf(receipt, 'Executed')?.gained).toBe(E18)
    expect(String(eventOf(receipt, 'TryFailed')?.reason)).toContain('6865616c746879') // healthy
    const nested: Instruction = {
      op: 'try',
      gasLimit: 2_000_000,
      inside: [gift(), { op: 'try', gasLimit: 500_000, inside: [refused] }, gift()],
    }
    expect(eventOf(await run(order([nested])), 'Executed')?.gained).toBe(2n * E18)
  })

  it('tip: the share of what remains after gas goes to the builder, and the event has the sum', async () => {
    const builder = testAccount('builder').address
    const balance = async () => BigInt(String(await bench.rpc.request('eth_getBalance', [builder, 'latest'])))
    await bench.rpc.request('anvil_setBalance', [builder, '0x1'])
    const before = await balance()
    const what = order([gift()], { tipShareBps: bps(9_000n), minimumNet: wei(1n) })
    const receipt = await run(what)
    const { plan, gained, gasCost, tip } = eventOf(receipt, 'Executed') as unknown as Record<string, bigint>
    expect(plan).toBe(orderHash(what))
    expect(gained).toBe(E18)
    expect(await balance()).toBeGreaterThanOrEqual(before + tip!)
    expect(tip).toBeLessThanOrEqual(((gained! - gasCost!) * 9n) / 10n)
    expect(tip).toBeGreaterThan(((gained! - 2n * gasCost!) * 9n) / 10n)
  })

  it('gas: what is measured is never below the receipt, and near it where nothing is refunded', async () => {
    for (const [what, gap] of [
      [order([gift()]), 12_000n],
      [order([give(E18), sell()]), 16_000n],
      [order([gift()], { tipShareBps: bps(100n) }), 12_000n],
      [
        order([gift()], {
          expects: [{ to: weth, data: `0x313ce567${'ab'.repeat(9_000)}`, word: `0x${'12'.padStart(64, '0')}` }],
        }),
        12_000n,
      ],
    ] as const) {
      const receipt = await run(what)
      const measured = (eventOf(receipt, 'Executed')?.gasCost as bigint) / receipt.gasPrice
      process.stdout.write(`gas measured ${measured}, receipt ${receipt.gasUsed}\n`)
      expect(measured).toBeGreaterThanOrEqual(receipt.gasUsed)
      expect(measured - receipt.gasUsed).toBeLessThan(gap)
    }
  })

  it('gas: what an order expects back is believed, up to a fifth of the gas', async () => {
    const measured = async (refundGas: number): Promise<bigint> => {
      const receipt = await run(order([gift()], { refundGas }))
      return (eventOf(receipt, 'Executed')?.gasCost as bigint) / receipt.gasPrice
    }
    const whole = await measured(0)
    expect(Number(whole - (await measured(5_000)))).toBeCloseTo(5_000, -3)
    const most = Number(await measured(0xffffff))
    expect(most).toBeGreaterThan(Number(whole) * 0.78)
    expect(most).toBeLessThan(Number(whole) * 0.83)
  })

  it('minimum: what remains after gas and tip must reach it, to the wei', async () => {
    const price = { gasPrice: 0n }
    expect(await outcome(bench, order([gift()], { minimumNet: wei(E18) }), price)).toBe('ok')
    expect(await outcome(bench, order([gift()], { minimumNet: wei(E18 + 1n) }), price)).toMatch(
      /^BelowMinimum\(1000000000000000000, 1000000000000000001\)/,
    )
  })

  it('regression 2: profit counts although the sink is neither who sends nor who owns', async () => {
    const [sink, operator] = [account.sink.address, account.operator.address]
    expect(sink).not.toBe(operator)
    const what = order([gift()], { minimumNet: wei(E18 / 2n) })
    expect(eventOf(await run(what), 'Executed')?.gained).toBe(E18)
    const data = abi.encodeFunctionData('withdraw', [weth, E18]) as Hex
    expect((await send(bench.rpc, { from: operator, to: bench.executor, data })).status).toBe('0x1')
    expect(String((await bench.batch.read(bench.weth, 'balanceOf', [sink]))[0])).toBe(String(E18))
  })

  it('withdraw: the sink gets tokens and native currency, all of it when asked', async () => {
    const withdraw = async (of: string, units: bigint) =>
      expect(
        (
          await send(bench.rpc, {
            from: account.operator.address,
            to: bench.executor,
            data: abi.encodeFunctionData('withdraw', [of, units]) as Hex,
          })
        ).status,
      ).toBe('0x1')
    await withdraw(weth, 2n ** 256n - 1n)
    await withdraw(`0x${'0'.repeat(40)}`, 2n ** 256n - 1n)
    expect(await held(weth)).toBe(0n)
    expect(BigInt(String(await bench.rpc.request('eth_getBalance', [bench.executor, 'latest'])))).toBe(0n)
  })

  it('deployment: a module with other code, a delay of no time and a sink of nobody are refused', async () => {
    const artifacts = compileExecutor()
    const core = artifactNamed(artifacts, 'Executor')
    const state = await readExecutor(bench.rpc, bench.executor, { operators: [], registry: [] })
    const hash = (name: string): string => keccak256(artifactNamed(artifacts, name).deployed)
    const good = {
      ...{
        owner: account.owner.address,
        sink: account.sink.address,
        delay: DELAY,
        wrappedNative: weth,
        operators: [],
        entries: [],
      },
      ...{ lenders: state.lenders, lendersCodeHash: hash('Lenders'), pools: state.pools, poolsCodeHash: hash('Pools') },
      ...{ dataFees: `0x${'0'.repeat(40)}`, dataFeesCodeHash: keccak256('0x') },
    }
    const create = (setup: object): Promise<string> => {
      const data = `${core.bytecode}${new Interface(core.abi as string[]).encodeDeploy([setup]).slice(2)}` as Hex
      return outcomeOf(bench.rpc, { from: account.deployer.address, to: null as unknown as Address, data })
    }
    expect(await create(good)).toBe('ok')
    expect(await create({ ...good, pools: state.lenders })).toMatch(/^ModuleMismatch/)
    expect(await create({ ...good, lenders: bench.market.address })).toMatch(/^ModuleMismatch/)
    expect(await create({ ...good, dataFees: bench.market.address })).toMatch(/^ModuleMismatch/)
    expect(await create({ ...good, delay: 0 })).toMatch(/^BadDelay/)
    expect(await create({ ...good, sink: `0x${'0'.repeat(40)}` })).toMatch(/^ZeroAddress/)
    expect(await create({ ...good, wrappedNative: account.stranger.address })).toMatch(/^NoCode/)
  })

  it('reading back: another contract, or none, is no executor of ours', async () => {
    const ask = (at: Address) => readExecutor(bench.rpc, at, { operators: [], registry: [] })
    await expect(ask(bench.market.address)).rejects.toMatchObject({ code: 'executor-mismatch' })
    await expect(ask(account.stranger.address)).rejects.toMatchObject({ code: 'executor-mismatch' })
    await bench.rpc.request('anvil_setCode', [(await ask(bench.executor)).pools, '0x6000'])
    expect((await ask(bench.executor)).codeMatches).toBe(false)
  })

  it('deployment is verified: what stands there must be what was meant', async () => {
    const funder = testAccount('another funder')
    await bench.rpc.request('anvil_setBalance', [funder.address, '0x56bc75e2d63100000'])
    const deployed = await deployExecutor({
      ...{ rpc: bench.rpc, wallet: new Wallet(funder.privateKey), owner: account.owner.address, operators: [] },
      ...{ sink: account.sink.address, delaySeconds: DELAY, wrappedNative: weth, registry: bench.registry },
      onSent: async () => void (await bench.rpc.request('evm_mine', [])),
    })
    expect(
      (await readExecutor(bench.rpc, deployed.executor, { operators: [], registry: bench.registry })).missing,
    ).toEqual([])
  })
})
