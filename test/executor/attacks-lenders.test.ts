import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import { wei } from '#core/numbers.ts'
import type { Instruction } from '#core/program.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { attack, printAttacks } from './attack.ts'
import { account, type Bench, E18, startBench } from './bench.ts'
import { outcome, outcomeOf, send } from './calls.ts'
import { act, flash, flashSwap, order } from './programs.ts'

const way = {
  honest: 0,
  silent: 1,
  twice: 2,
  otherAmount: 3,
  otherPayload: 4,
  otherInitiator: 5,
  otherAsset: 6,
  lendsNothing: 7,
  takesNothing: 8,
  hugePremium: 9,
  reenters: 10,
}

describe('on money that is lent, or paid ahead', () => {
  let bench: Bench
  let weth: Address
  let token: Address
  let fakePool: Contract
  beforeAll(async () => {
    bench = await startBench()
    weth = bench.weth.address
    token = bench.tokens.PlainToken.address
    fakePool = bench.batch.deploy(compiledCode(bench.own, 'FakePool'))
    await bench.batch.flush()
  })
  afterAll(() => bench?.stop())
  printAttacks('On money that is lent, or paid ahead')

  const run = async (...program: Instruction[]): Promise<string> => outcome(bench, order(program))
  const gift = (units = E18): Instruction => act(bench.market, 'redeem', [units, weth, bench.executor])
  const borrow = (kind: string, lender: Contract, inside: Instruction[] = []) =>
    flash(kind, lender.address, token, E18, inside)
  const turn = async (to: number): Promise<void> => {
    bench.batch.call(account.deployer.address, bench.lender, 'set', [to])
    await bench.batch.flush()
  }

  it.each(['morpho', 'aave-v3', 'uniswap-v4', 'sky'])(
    'an honest loan of kind %s goes through, for comparison',
    async (kind) => {
      await turn(way.honest)
      expect(await run(borrow(kind, bench.lender), gift())).toBe('ok')
    },
  )

  it('the real Uniswap V4 lends what it holds, and is settled with', async () => {
    const loan = flash('uniswap-v4', bench.manager.address, token, 9_999n * E18, [gift()])
    expect(await run(loan)).toBe('ok')
    const data = encodeOrder(order([loan]))
    const before = await bench.batch.read(bench.tokens.PlainToken, 'balanceOf', [bench.manager.address])
    const sent = await send(bench.rpc, { from: account.operator.address, to: bench.executor, data })
    expect(sent.status).toBe('0x1')
    expect(await bench.batch.read(bench.tokens.PlainToken, 'balanceOf', [bench.manager.address])).toEqual(before)
    expect(await bench.batch.read(bench.tokens.PlainToken, 'balanceOf', [bench.executor])).toEqual([1_000n * E18])
  })
  attack(
    'two loans of Uniswap V4, one inside the other',
    () =>
      run(
        flash('uniswap-v4', bench.manager.address, token, E18, [
          flash('uniswap-v4', bench.manager.address, weth, E18, []),
        ]),
        gift(),
      ),
    /^0x5090d6c6/,
  )
  attack(
    'a token that keeps a part of each transfer, lent by Uniswap V4 and paid back short',
    () => run(flash('uniswap-v4', bench.manager.address, bench.tokens.FeeToken.address, E18, []), gift()),
    /^(0x5212cba1|StandingLost)/,
  )
  attack(
    'a stranger has Uniswap V4 call back (it calls whoever unlocks it, and nobody else)',
    () =>
      outcomeOf(bench.rpc, {
        ...{ from: account.stranger.address, to: bench.executor },
        data: new Interface(['function unlockCallback(bytes)']).encodeFunctionData('unlockCallback', ['0x']) as Hex,
      }),
    /^CallbackUnexpected/,
  )

  attack('fake lender (not registered)', () => run(borrow('morpho', fakePool)), /^NotRegistered/)
  attack(
    'registered lender named as another kind',
    () => run(flash('aave-v3', bench.morpho.address, token, E18, [])),
    /^NotRegistered/,
  )
  for (const [kind, what, to, comesTo] of [
    ['morpho', 'lends and never calls back', way.silent, /^CallbackMissing/],
    ['morpho', 'calls back twice', way.twice, /^CallbackUnexpected/],
    ['morpho', 'calls back with another amount', way.otherAmount, /^LoanMismatch/],
    ['morpho', 'hands back another program', way.otherPayload, /^PayloadMismatch/],
    ['morpho', 'lends nothing and takes it back', way.lendsNothing, /^StandingLost/],
    ['aave-v3', 'never calls back', way.silent, /^CallbackMissing/],
    ['aave-v3', 'names another initiator', way.otherInitiator, /^LoanMismatch/],
    ['aave-v3', 'names another asset', way.otherAsset, /^LoanMismatch/],
    ['aave-v3', 'hands back another program', way.otherPayload, /^PayloadMismatch/],
    ['aave-v3', 'asks a premium as large as the loan', way.hugePremium, /^StandingLost/],
    ['uniswap-v4', 'never calls back', way.silent, /^CallbackMissing/],
    ['uniswap-v4', 'calls back twice', way.twice, /^CallbackUnexpected/],
    ['uniswap-v4', 'calls back once more while it is taken from', way.reenters, /^CallbackUnexpected/],
    ['uniswap-v4', 'hands back another program', way.otherPayload, /^PayloadMismatch/],
    ['uniswap-v4', 'lends nothing and is paid back', way.lendsNothing, /^StandingLost/],
    ['sky', 'never calls back', way.silent, /^CallbackMissing/],
    ['sky', 'names another initiator', way.otherInitiator, /^LoanMismatch/],
    ['sky', 'names another asset', way.otherAsset, /^LoanMismatch/],
    ['sky', 'names another amount', way.otherAmount, /^LoanMismatch/],
    ['sky', 'hands back another program', way.otherPayload, /^PayloadMismatch/],
    ['sky', 'asks a fee as large as the loan', way.hugePremium, /^StandingLost/],
  ] as const) {
    attack(
      `hostile registered lender (${kind}) ${what}`,
      async () => {
        await turn(to)
        return run(borrow(kind, bench.lender, [gift()]), gift())
      },
      comesTo,
    )
  }

  const onCredit = (
    inside: readonly Instruction[],
    units = E18,
    [factory, pool] = [bench.v3.factory.address, bench.v3.pool],
  ) => flashSwap(factory, pool, [weth, token], units, inside)
  it('a pool pays first: what is bought funds the act that gets what is sold, and the rest is kept', async () => {
    const pay = 9n * (E18 / 10n)
    const seize = act(bench.market, 'liquidate', [token, pay, weth, 2n * E18], {
      approve: { asset: token, amount: pay },
    })
    const reaches = (net: bigint): Promise<string> =>
      outcome(bench, order([onCredit([seize])], { minimumNet: wei(net) }), { gasPrice: 0n })
    expect(await reaches(E18)).toBe('ok')
    expect(await reaches(E18 + 1n)).toMatch(/^BelowMinimum/)
  })
  attack(
    'a flash swap whose program brings nothing to pay with',
    () => run(onCredit([]), gift(E18 / 2n)),
    /^StandingLost/,
  )
  attack('a flash swap inside one of the same pool', () => run(onCredit([gift(), onCredit([gift()])])), /^Error\(LOK\)/)
  attack(
    'a flash swap with a pool of no registered factory',
    () => run(onCredit([gift()], E18, [fakePool.address, fakePool.address])),
    /^NotRegistered/,
  )
  attack(
    'a flash swap with a pool not where its factory makes it',
    () => run(onCredit([gift()], E18, [bench.v3.factory.address, fakePool.address])),
    /^PoolUnknown/,
  )
  for (const [what, to, comesTo] of [
    ['never calls back', 0, /^CallbackMissing/],
    ['asks for more than was meant', 1, /^Overcharged/],
    ['calls back twice', 2, /^CallbackUnexpected/],
    ['pays nothing', 3, /^StandingLost/],
    ['hands back another program', 4, /^PayloadMismatch/],
  ] as const)
    attack(
      `flash swap: a pool of a hostile registered factory ${what}`,
      async () => {
        const greedy = { address: bench.greedyPool, abi: new Interface(['function set(uint256)']) }
        bench.batch.call(account.deployer.address, greedy, 'set', [to])
        await bench.batch.flush()
        const spend = act(bench.market, 'liquidate', [token, E18 / 2n, weth, E18], {
          approve: { asset: token, amount: E18 / 2n },
        })
        return run(onCredit([spend], E18, [bench.greedy.address, bench.greedyPool]), gift())
      },
      comesTo,
    )
})
