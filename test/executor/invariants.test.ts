import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import { type Address, address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { keyOfTarget, lenderEntry, peerEntry, spenderEntry } from '../../contracts/registry.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { account, type Bench, DELAY, deployOn, E18, startBench } from './bench.ts'
import { send } from './calls.ts'
import { act, order } from './programs.ts'
import { type Dice, diceOf, oneOf, randomPrograms } from './random-programs.ts'

const abi = new Interface(executorAbi)
const CALLS = 10_000
const BATCH = 40
const seed = Number(process.env.PLIMSOLL_SEED ?? Date.now() & 0x7fffffff)
const actor = { owner: 0, operator: 1, other: 2, stranger: 3, hostile: 4 }

/**
 * Random calls by owner, operators and strangers, one after the other. After each: no standing balance of any token or
 * of native currency is lower, but for a withdrawal, and then it is at the sink; no allowance stands; nothing that is
 * not registered was reached. After each transaction an order that pays must go through: no lock and no record stays.
 */
describe('invariants', () => {
  let bench: Bench
  let driver: Contract
  let executor: Address
  let decoy: Address
  let actors: readonly Address[]
  const dice = diceOf(seed)
  const sinks = [0, 1, 2].map((index) => testAccount(`sink ${index}`).address)

  beforeAll(async () => {
    bench = await startBench()
    driver = bench.batch.deploy(compiledCode(bench.own, 'Driver'), [5])
    await bench.batch.flush()
    const read = async (name: string, args: readonly unknown[] = []) =>
      address(String((await bench.batch.read(driver, name, args))[0]).toLowerCase())
    actors = await Promise.all([0, 1, 2, 3, 4].map((index) => read('actors', [index])))
    decoy = await read('decoy')
    const operators = [actors[actor.operator]!, actors[actor.other]!, actors[actor.hostile]!, bench.hostile.address]
    executor = await deployOn(bench, actors[actor.owner]!, operators, sinks[0])
    const tokens = [bench.weth, ...Object.values(bench.tokens), bench.vault, bench.market].map((one) => one.address)
    const spenders = [bench.market, bench.hostile, bench.lender, bench.morpho].map((one) => one.address).concat(decoy)
    // The market's shares are a token too, but know no allowances.
    const { deployer } = account
    bench.batch.call(deployer.address, driver, 'aim', [executor, tokens, spenders, decoyKeys().map(({ key }) => key)])
    bench.batch.call(deployer.address, bench.tokens.HookToken, 'setHook', [bench.intruder.address])
    await bench.batch.flush()
    await bench.rpc.request('anvil_setCoinbase', [testAccount('builder').address])
  })
  afterAll(() => bench?.stop())

  const decoyKeys = () => [
    { key: keyOfTarget(decoy, bench.market.abi.getFunction('refuse')!.selector as Hex), value: word(1n) },
    { key: keyOfTarget(decoy, bench.market.abi.getFunction('liquidateCode')!.selector as Hex), value: word(1n) },
    lenderEntry('morpho', decoy),
    spenderEntry(decoy),
    peerEntry(decoy),
  ]
  const call = (name: string, args: readonly unknown[]): Hex => abi.encodeFunctionData(name, args) as Hex
  const tokenOf = (): Address => oneOf(dice, [bench.weth, ...Object.values(bench.tokens)]).address

  function administration(): Hex {
    const { key, value } = oneOf(dice, decoyKeys())
    return oneOf<() => Hex>(dice, [
      () => call('setOperator', [oneOf(dice, [actors[2], actors[3], actors[4]]), dice(3) > 0]),
      () => call('proposeSink', [oneOf(dice, sinks)]),
      () => call('acceptSink', []),
      () => call('proposeEntry', [key, value]),
      () => call('acceptEntry', [key]),
      () => call('acceptEntry', [key]),
      () => call('removeEntry', [key]),
    ])()
  }
  const withdrawal = (): Hex =>
    call('withdraw', [
      dice(4) === 0 ? ZERO_ADDRESS : tokenOf(),
      dice(40) === 0 ? 2n ** 256n - 1n : BigInt(dice(1_000)) * 10n ** 12n,
    ])
  const garbage = (): Hex => {
    const bytes = Buffer.from(Array.from({ length: 4 + dice(200) }, () => dice(256)))
    const head = oneOf(dice, [
      '0x31f57072',
      '0x1b11d0ff',
      '0xfa461e33',
      '0x7ee0081a',
      '0x09c5eabe',
      call('attempt', ['0x', '0x']),
      '0x',
    ])
    return `${head as Hex}${bytes.toString('hex')}`
  }
  const anyActor = (roll: Dice): number => oneOf(roll, Object.values(actor))

  function step(orders: () => Hex): { actor: number; data: Hex } {
    const kind = dice(100)
    if (kind < 78) return { actor: dice(12) === 0 ? anyActor(dice) : oneOf(dice, [1, 2, 4]), data: orders() }
    if (kind < 86) return { actor: oneOf(dice, [0, 1, 3]), data: withdrawal() }
    if (kind < 95) return { actor: dice(4) === 0 ? anyActor(dice) : actor.owner, data: administration() }
    return { actor: anyActor(dice), data: garbage() }
  }

  it(`${CALLS} calls leave every invariant standing (seed ${seed})`, async () => {
    const orders = randomPrograms(bench, executor, decoy, dice)
    const canary = encodeOrder(order([act(bench.market, 'redeem', [E18, bench.weth.address, executor])]))
    const totals = { calls: 0, succeeded: 0, failed: 0, executed: 0, withdrawn: 0 }
    while (totals.calls < CALLS) {
      if (dice(10) === 0) await bench.rpc.request('evm_increaseTime', [DELAY + 1])
      if (dice(6) === 0) bench.batch.call(account.deployer.address, bench.lender, 'set', [dice(3) === 0 ? dice(10) : 0])
      if (dice(6) === 0)
        bench.batch.call(account.deployer.address, bench.intruder, 'arm', [
          executor,
          [canary, withdrawal(), administration(), garbage()],
        ])
      // Whatever is given away, the market keeps enough for the order that must go through.
      bench.batch.call(account.deployer.address, bench.weth, 'deposit', [], 100n * E18)
      bench.batch.call(account.deployer.address, bench.weth, 'transfer', [bench.market.address, 100n * E18])
      await bench.batch.flush()
      const steps = Array.from({ length: BATCH }, () => step(orders))
      const data = driver.abi.encodeFunctionData('run', [steps, canary]) as Hex
      const receipt = await send(bench.rpc, {
        from: account.stranger.address,
        to: driver.address,
        data,
        gas: 16_700_000n,
      })
      if (receipt.status !== '0x1') throw new Error(await why(data, steps))
      const ran = receipt.logs.map((log) => driver.abi.parseLog(log)).find((log) => log?.name === 'Ran')!.args
      totals.calls += Number(ran[0]) + Number(ran[1])
      totals.succeeded += Number(ran[0])
      totals.failed += Number(ran[1])
      totals.executed += Number(ran[2])
      totals.withdrawn += Number(ran[3])
    }
    process.stdout.write(`invariants, seed ${seed}: ${JSON.stringify(totals)}\n`)
    // A run in which everything fails would show nothing.
    expect(totals.executed).toBeGreaterThan(CALLS / 20)
    expect(totals.withdrawn).toBeGreaterThan(CALLS / 100)
    expect(totals.failed).toBeGreaterThan(CALLS / 5)
  }, 300_000)

  async function why(data: Hex, steps: readonly { actor: number; data: Hex }[]): Promise<string> {
    const error = (await bench.rpc
      .request('eth_call', [{ from: account.stranger.address, to: driver.address, data, gas: '0xfed260' }, 'latest'])
      .catch((refused) => refused)) as { data?: string; message?: string }
    const parsed = typeof error.data === 'string' && error.data.length >= 10 ? driver.abi.parseError(error.data) : null
    const at = parsed === null ? undefined : steps[Number(parsed.args[0])]
    return `seed ${seed}: ${parsed?.name ?? error.message}(${parsed?.args.join(', ')}) by ${JSON.stringify(at)}`
  }
})

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`
