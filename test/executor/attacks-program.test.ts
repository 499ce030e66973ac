import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import { call, type Instruction } from '#core/program.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { encodeOrder, encodeProgram } from '../../src/execution/encode-order.ts'
import { attack, printAttacks } from './attack.ts'
import { account, type Bench, E18, startBench } from './bench.ts'
import { outcome, outcomeOf } from './calls.ts'
import { act, exactly, order, swap } from './programs.ts'

const onLiquidate: Hex = '0x7ee0081a'

describe('by what the program names', () => {
  let bench: Bench
  let weth: Address
  let token: Address
  let fakePool: Contract
  let puppet: Contract
  beforeAll(async () => {
    bench = await startBench()
    weth = bench.weth.address
    token = bench.tokens.PlainToken.address
    fakePool = bench.batch.deploy(compiledCode(bench.own, 'FakePool'))
    puppet = bench.batch.deploy(compiledCode(bench.own, 'Puppet'))
    await bench.batch.flush()
  })
  afterAll(() => bench?.stop())
  printAttacks('By what the program names')

  const run = async (...program: Instruction[]): Promise<string> => outcome(bench, order(program))
  /** Gives the executor wrapped native for nothing, so that an attack never fails for want of profit alone. */
  const gift = (units = E18): Instruction => act(bench.market, 'redeem', [units, weth, bench.executor])
  const v3 = (pool = bench.v3.pool, factory = bench.v3.factory.address, sells = exactly(E18), minimum = 0n) =>
    swap('uniswap-v3', factory, pool, [weth, token], sells, { minimum })
  const v2 = (
    pool = bench.v2.pair.PlainToken,
    factory = bench.v2.factory.address,
    sells = exactly(E18),
    minimum = 0n,
  ) => swap('uniswap-v2', factory, pool, [weth, token], sells, { minimum })
  attack('fake market (not registered)', () => run(act(fakePool, 'getReserves', [])), /^NotRegistered/)
  attack(
    'registered market, a function that is not',
    () => run({ op: 'act', call: call(bench.market.address, '0x12345678'), approve: null, callback: null }),
    /^NotRegistered/,
  )
  attack(
    'token transferred straight to a stranger',
    () => run(act(bench.tokens.PlainToken, 'transfer', [account.stranger.address, E18])),
    /^NotRegistered/,
  )
  attack(
    'the executor acts on itself',
    () => run({ op: 'act', call: call(bench.executor, '0x51cff8d9'), approve: null, callback: null }),
    /^NotRegistered/,
  )
  attack(
    'registered function, somebody else as its recipient',
    () => run(act(bench.market, 'redeem', [E18, weth, account.stranger.address])),
    /^RecipientMismatch/,
  )
  attack(
    'recipient filled in afterwards',
    () =>
      run(
        act(bench.market, 'redeem', [E18, weth, bench.executor], {
          fills: [{ offset: 68, with: 'gained', asset: token }],
        }),
      ),
    /^RecipientMismatch/,
  )
  attack(
    'selector filled in afterwards',
    async () => {
      const refused = act(bench.market, 'liquidateCode', [0], { fills: [{ offset: 0, with: 'gained', asset: weth }] })
      await expect(run(refused).catch(String)).resolves.toMatch(/outside the calldata/)
      // What the encoder refuses, written by hand: the fill's offset is in the bytes before its asset.
      const good = encodeOrder(
        order([act(bench.market, 'liquidateCode', [0], { fills: [{ offset: 4, with: 'gained', asset: weth }] })]),
      )
      const bad = good.replace(`00000400${weth.slice(2)}`, `00000000${weth.slice(2)}`) as Hex
      expect(bad).not.toBe(good)
      return outcomeOf(bench.rpc, { from: account.operator.address, to: bench.executor, data: bad })
    },
    /^BadProgram/,
  )
  attack(
    'fake router as spender',
    () =>
      run(
        act(bench.market, 'liquidateCode', [0], { approve: { asset: weth, amount: E18, spender: fakePool.address } }),
      ),
    /^SpenderUnknown/,
  )
  attack('fake pool (V3)', () => run(gift(), v3(fakePool.address)), /^PoolUnknown/)
  attack('fake pool (V2)', () => run(gift(), v2(fakePool.address)), /^PoolUnknown/)
  attack('fake factory', () => run(gift(), v3(fakePool.address, fakePool.address)), /^NotRegistered/)
  attack(
    'factory of the other kind',
    () => run(gift(), v2(bench.v2.pair.PlainToken, bench.v3.factory.address)),
    /^NotRegistered/,
  )
  attack('pool of another fee', () => run(gift(), { ...v3(), feePips: 500 } as Instruction), /^PoolUnknown/)
  attack(
    'pool that was never made',
    () =>
      run(
        gift(),
        swap('uniswap-v3', bench.greedy.address, bench.greedyPool, [weth, bench.tokens.FeeToken.address], exactly(E18)),
      ),
    /^PoolUnknown/,
  )
  for (const [what, to, comesTo] of [
    ['never calls back', 0, /^CallbackMissing/],
    ['asks for more than was offered', 1, /^Overcharged/],
    ['asks twice', 2, /^CallbackUnexpected/],
    ['takes all and pays nothing', 3, /^TooLittle/],
  ] as const) {
    attack(
      `pool of a hostile registered factory ${what}`,
      async () => {
        bench.batch.call(
          account.deployer.address,
          { ...bench.greedy, address: bench.greedyPool, abi: compiledInterface(bench, 'GreedyPool') },
          'set',
          [to],
        )
        await bench.batch.flush()
        return run(gift(), v3(bench.greedyPool, bench.greedy.address, exactly(E18 / 2n), 1n))
      },
      comesTo,
    )
  }
  attack('swap below its minimum (V3)', () => run(gift(), v3(undefined, undefined, exactly(E18), E18)), /^TooLittle/)
  attack('swap below its minimum (V2)', () => run(gift(), v2(undefined, undefined, exactly(E18), E18)), /^TooLittle/)

  const hostile = (name: string, args: readonly unknown[], inside: Instruction[] = [gift()]) =>
    act(bench.hostile, name, args, { callback: { selector: onLiquidate, inside } })
  attack('market never calls back', () => run(hostile('neverCallsBack', ['payload'])), /^CallbackMissing/)
  attack('market calls back twice', () => run(hostile('callsBackTwice', ['payload'])), /^CallbackUnexpected/)
  attack(
    'market hands back another program',
    () => run(hostile('callsBackWithOther', ['payload', encodeProgram([gift(2n * E18)])])),
    /^PayloadMismatch/,
  )
  attack(
    'market calls back by another function',
    () => run(hostile('callsBackOtherwise', ['payload', '0x31f57072'])),
    /^CallbackUnexpected/,
  )
  attack(
    'market sends another to call back',
    () => run(hostile('callsBackBy', ['payload', puppet.address])),
    /^CallbackUnexpected/,
  )
  attack(
    'market calls back unasked',
    () => run(act(bench.hostile, 'callsBackOtherwise', ['0x', onLiquidate])),
    /^CallbackUnexpected/,
  )
  attack(
    'program names another to call back',
    () =>
      run(
        act(bench.hostile, 'callsBackBy', ['payload', puppet.address], {
          callback: { from: puppet.address, selector: onLiquidate, inside: [gift()] },
        }),
      ),
    /^NotRegistered/,
  )
  attack(
    'market takes more than was approved',
    () => run(act(bench.hostile, 'takesMore', [token, E18 + 1n], { approve: { asset: token, amount: E18 } })),
    /^Error\(allowance\)/,
  )
  attack(
    'market keeps its allowance for later',
    async () => {
      const later = act(bench.hostile, 'takesLater', [token, bench.executor, E18])
      return run(act(bench.hostile, 'takesNothing', [], { approve: { asset: token, amount: E18 } }), gift(), later)
    },
    /^Error\(allowance\)/,
  )
  attack(
    'market pays native currency through a stranger',
    () => run(act(bench.hostile, 'sendsThrough', [puppet.address, 1])),
    /^NativeRefused/,
  )
})

const compiledInterface = (bench: Bench, name: string): Interface => new Interface(compiledCode(bench.own, name).abi)
