import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Instruction, SwapAmount } from '#core/program.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { attack, printAttacks } from './attack.ts'
import { account, type Bench, E18, startBench } from './bench.ts'
import { outcome, outcomeOf, send } from './calls.ts'
import { act, exactly, flash, gainedLess, order, swap } from './programs.ts'

const ways = [
  ...['honest', 'silent', 'twice', 'asksMore', 'asksNothing', 'otherPayload', 'otherCaller', 'paysNothing'],
  ...['saysUnlocked', 'callsInSwap', 'callsWhileSwapping', 'reenters'],
] as const
const abi = new Interface(executorAbi)
const callback = new Interface(['function unlockCallback(bytes)', 'function unlocked(address,uint256,bytes)'])

describe('on pools that a manager holds', () => {
  let bench: Bench
  let weth: Address
  let token: Address
  let operator: Contract
  beforeAll(async () => {
    bench = await startBench()
    weth = bench.weth.address
    token = bench.tokens.PlainToken.address
    operator = bench.batch.deploy(compiledCode(bench.own, 'UnlockingOperator'))
    await bench.batch.flush()
    await send(bench.rpc, {
      ...{ from: account.owner.address, to: bench.executor },
      data: abi.encodeFunctionData('setOperator', [operator.address, true]) as Hex,
    })
  })
  afterAll(() => bench?.stop())
  printAttacks('On pools that a manager holds')

  const run = async (...program: Instruction[]): Promise<string> => outcome(bench, order(program))
  const gift = (units = E18): Instruction => act(bench.market, 'redeem', [units, weth, bench.executor])
  const sale = (
    { address: manager }: { address: Address } = bench.manager,
    pair: readonly [Address, Address] = [weth, token],
    sells: SwapAmount = exactly(E18 / 2n),
    rest: Parameters<typeof swap>[5] = {},
  ) => swap('uniswap-v4', manager, manager, pair, sells, { tickSpacing: 60, ...rest })
  const turn = async (way: (typeof ways)[number], entering: Hex = '0x'): Promise<void> => {
    bench.batch.call(account.deployer.address, bench.hostileManager, 'set', [ways.indexOf(way), entering])
    await bench.batch.flush()
  }
  const held = async (of: Contract, who: Address): Promise<bigint> =>
    (await bench.batch.read(of, 'balanceOf', [who]))[0] as bigint
  const mined = async (program: readonly Instruction[]): Promise<bigint> => {
    const id = await bench.rpc.request('evm_snapshot', [])
    const call = { from: account.operator.address, to: bench.executor, data: encodeOrder(order(program)) }
    const { status, gasUsed } = await send(bench.rpc, call)
    expect(status).toBe('0x1')
    await bench.rpc.request('evm_revert', [id])
    return gasUsed
  }

  it('the real manager is unlocked, sold to and settled with, and a swap costs about what it does elsewhere', async () => {
    expect(await run(gift(), sale())).toBe('ok')
    const alone = await mined([gift()])
    const v3 = swap('uniswap-v3', bench.v3.factory.address, bench.v3.pool, [weth, token], exactly(E18 / 2n))
    const loan = (inside: readonly Instruction[]) => flash('uniswap-v4', bench.manager.address, token, E18, inside)
    const [first, second] = [await mined([gift(), sale()]), await mined([gift(), v3])]
    const [around, inside] = [await mined([gift(), loan([])]), await mined([gift(), loan([sale()])])]
    process.stdout.write(
      `gas of a swap: V4 ${first - alone}, V3 ${second - alone}; V4 inside a loan of V4 ${inside - around}\n`,
    )
    expect(inside - around).toBeLessThan(first - alone)
  })
  it('a loan of the manager and swaps with it, one inside the other, owe nothing at the end', async () => {
    const back = sale(bench.manager, [token, weth], gainedLess(E18))
    const both = flash('uniswap-v4', bench.manager.address, token, E18, [gift(), sale(), back])
    expect(await run(both)).toBe('ok')
    const failing: Instruction = {
      op: 'try',
      gasLimit: 900_000,
      inside: [sale(undefined, undefined, exactly(E18 / 4n), { minimum: E18 })],
    }
    expect(await run(flash('uniswap-v4', bench.manager.address, token, E18, [gift(), failing, sale()]))).toBe('ok')
    const inMorpho = flash('morpho', bench.morpho.address, token, E18, [gift(), sale(), back])
    expect(await run(inMorpho)).toBe('ok')
  })
  it('a manager that somebody else unlocked is swapped with at once, and owes us nothing', async () => {
    const before = await held(bench.tokens.PlainToken, bench.executor)
    const id = await bench.rpc.request('evm_snapshot', [])
    const data = operator.abi.encodeFunctionData('go', [
      ...[bench.manager.address, bench.executor, encodeOrder(order([gift(), sale()])), token, 0],
    ]) as Hex
    const sent = await send(bench.rpc, { from: account.stranger.address, to: operator.address, data })
    expect(sent.status).toBe('0x1')
    expect(await held(bench.tokens.PlainToken, bench.executor)).toBeGreaterThan(before)
    await bench.rpc.request('evm_revert', [id])
  })
  attack(
    'an operator that unlocked the manager takes what our swap paid',
    () =>
      outcomeOf(bench.rpc, {
        ...{ from: account.stranger.address, to: operator.address },
        data: operator.abi.encodeFunctionData('go', [
          ...[bench.manager.address, bench.executor, encodeOrder(order([gift(), sale()])), weth, 1],
        ]) as Hex,
      }),
    /^0x5212cba1/,
  )

  attack('a manager that is not registered', () => run(gift(), sale(bench.intruder)), /^NotRegistered/)
  attack('a lender that is registered, but not to swap with', () => run(gift(), sale(bench.lender)), /^NotRegistered/)
  attack(
    'a registered manager beside a pool that is none of its own',
    () => run(gift(), { ...sale(), pool: bench.v3.pool } as Instruction),
    /^PoolUnknown/,
  )
  attack('a factory of V3 as manager', () => run(gift(), sale(bench.v3.factory)), /^NotRegistered/)
  attack(
    'a swap with a manager that leaves out the tick spacing',
    () => run(gift(), swap('uniswap-v4', bench.manager.address, bench.manager.address, [weth, token], exactly(1n))),
    /^BadProgram/,
  )
  attack(
    'a swap of another kind that names a tick spacing',
    () =>
      run(
        gift(),
        swap('uniswap-v3', bench.v3.factory.address, bench.v3.pool, [weth, token], exactly(1n), { tickSpacing: 60 }),
      ),
    /^BadProgram/,
  )
  attack(
    'a pool that nobody made',
    () => run(gift(), sale(undefined, undefined, undefined, { feePips: 500 })),
    /^0x486aa307/,
  )
  attack(
    'a pool whose hooks set its fee (none without hooks can be made)',
    () => run(gift(), sale(undefined, undefined, undefined, { feePips: 0x800000 })),
    /^0x486aa307/,
  )
  attack('native currency bought', () => run(gift(), sale(undefined, [weth, ZERO_ADDRESS])), /^NotToken/)
  attack('native currency sold', () => run(gift(), sale(undefined, [ZERO_ADDRESS, weth])), /^NotToken/)
  attack(
    'a swap below its minimum',
    () => run(gift(), sale(undefined, undefined, undefined, { minimum: E18 })),
    /^TooLittle/,
  )
  attack(
    'a token that keeps a part of each transfer, paid short',
    () => {
      const fee = bench.tokens.FeeToken.address
      return run(gift(), act(bench.market, 'redeem', [E18, fee, bench.executor]), sale(undefined, [fee, weth]))
    },
    /^0x5212cba1/,
  )

  it('a manager that swaps one for one goes through, for comparison', async () => {
    await turn('honest')
    expect(await run(gift(), sale(bench.hostileManager, undefined, undefined, { minimum: E18 / 2n }))).toBe('ok')
  })
  for (const [what, way, comesTo] of [
    ['never calls back', 'silent', /^CallbackMissing/],
    ['calls back twice', 'twice', /^CallbackUnexpected/],
    ['has another contract call back', 'otherCaller', /^CallbackUnexpected/],
    ['hands back another operand', 'otherPayload', /^PayloadMismatch/],
    ['calls back once more while it swaps', 'callsInSwap', /^CallbackUnexpected/],
    ['says it is unlocked, and calls back', 'callsWhileSwapping', /^CallbackUnexpected/],
    ['asks for more than was meant', 'asksMore', /^Overcharged/],
    ['asks for nothing', 'asksNothing', /^Overcharged/],
    ['takes all and pays nothing', 'paysNothing', /^TooLittle/],
    ['says it is unlocked, and pays nothing', 'saysUnlocked', /^TooLittle/],
  ] as const)
    attack(
      `hostile registered manager ${what}`,
      async () => {
        await turn(way)
        return run(gift(), sale(bench.hostileManager, undefined, undefined, { minimum: 1n }))
      },
      comesTo,
    )
  for (const [what, from, entering, comesTo] of [
    ['runs a try', 'stranger', abi.encodeFunctionData('attempt', ['0x', '0x']), /^NotSelf/],
    ['executes an order', 'stranger', encodeOrder(order([])), /^NotOperator/],
    ['executes an order, as an operator', 'operator', encodeOrder(order([])), /^Locked/],
    ['withdraws, as an operator', 'operator', abi.encodeFunctionData('withdraw', [ZERO_ADDRESS, 1]), /^Locked/],
    ['drives a pool’s callback', 'stranger', `0xfa461e33${'00'.repeat(128)}`, /^CallbackUnexpected/],
  ] as const)
    attack(
      `hostile registered manager re-enters while it swaps, and ${what}`,
      async () => {
        await turn('reenters', entering as Hex)
        const allowed = abi.encodeFunctionData('setOperator', [bench.hostileManager.address, from === 'operator'])
        await send(bench.rpc, { from: account.owner.address, to: bench.executor, data: allowed as Hex })
        return run(gift(), sale(bench.hostileManager))
      },
      comesTo,
    )

  attack(
    'the manager calls back unasked',
    () =>
      outcomeOf(bench.rpc, {
        ...{ from: bench.manager.address, to: bench.executor },
        data: callback.encodeFunctionData('unlockCallback', ['0x']) as Hex,
      }),
    /^CallbackUnexpected/,
  )
  const inside = () => [bench.manager.address, E18, `0x${'00'.repeat(120)}`]
  attack(
    'a stranger has the core do what a manager’s callback does',
    () =>
      outcomeOf(bench.rpc, {
        ...{ from: account.stranger.address, to: bench.executor },
        data: callback.encodeFunctionData('unlocked', inside()) as Hex,
      }),
    /^CallbackUnexpected/,
  )
  attack(
    'a stranger has the module do it on its own',
    async () => {
      const question = { to: bench.executor, data: abi.encodeFunctionData('pools') }
      const to = addressOfWord((await bench.rpc.request('eth_call', [question, 'latest'])) as Hex)
      const data = callback.encodeFunctionData('unlocked', inside()) as Hex
      return outcomeOf(bench.rpc, { from: account.stranger.address, to, data })
    },
    /^NotExecuting/,
  )
})
