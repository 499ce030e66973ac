import { Interface, Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import { wei } from '#core/numbers.ts'
import { keyOfTarget } from '../../contracts/registry.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { attack, printAttacks } from './attack.ts'
import { account, type Bench, DELAY, E18, startBench } from './bench.ts'
import { outcome, outcomeOf, send } from './calls.ts'
import { act, order } from './programs.ts'

const abi = new Interface(executorAbi)
const callbacks = new Interface([
  'function onMorphoFlashLoan(uint256,bytes)',
  'function onMorphoLiquidate(uint256,bytes)',
  'function executeOperation(address,uint256,uint256,address,bytes)',
  'function uniswapV3SwapCallback(int256,int256,bytes)',
  'function uniswapV3FlashCallback(uint256,uint256,bytes)',
  'function uniswapV2Call(address,uint256,uint256,bytes)',
  'function onFlashLoan(address,address,uint256,uint256,bytes)',
  'function onLiquidate(uint256,bytes)',
])
const stranger = account.stranger.address

describe('from outside (regression 5: a stranger invoking a callback or copying calldata gains nothing)', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await startBench()
  })
  afterAll(() => bench?.stop())
  printAttacks('From outside')
  const as = (from: Address, data: string): Promise<string> =>
    outcomeOf(bench.rpc, { from, to: bench.executor, data: data as Hex })
  const owner = (name: string, args: readonly unknown[]) =>
    send(bench.rpc, {
      from: account.owner.address,
      to: bench.executor,
      data: abi.encodeFunctionData(name, args) as Hex,
    })
  const profitable = () =>
    order([act(bench.market, 'redeem', [E18, bench.weth.address, bench.executor])], { minimumNet: wei(1n) })

  it('an order that pays, for comparison, is executed for the operator', async () => {
    expect(await outcome(bench, profitable())).toBe('ok')
  })

  attack('stranger executes an order', () => as(stranger, encodeOrder(profitable())), /^NotOperator/)
  attack(
    "stranger replays the operator's calldata through a contract",
    () =>
      outcomeOf(bench.rpc, {
        from: stranger,
        to: bench.intruder.address,
        data: bench.intruder.abi.encodeFunctionData('play', [bench.executor, encodeOrder(profitable())]) as Hex,
      }),
    /^NotOperator/,
  )
  attack(
    "operator's calldata is replayed in a later block",
    async () => {
      const now = Number(await bench.rpc.request('eth_blockNumber', []))
      const once = { ...profitable(), firstBlock: now + 1, lastBlock: now + 1 }
      const call = { from: account.operator.address, to: bench.executor, data: encodeOrder(once) }
      expect((await send(bench.rpc, call)).status).toBe('0x1')
      await bench.rpc.request('evm_mine', [])
      return as(account.operator.address, encodeOrder(once))
    },
    /^OutsideBlocks/,
  )
  attack('order before its first block', () => outcome(bench, { ...profitable(), firstBlock: 1e9 }), /^OutsideBlocks/)
  attack('order after its last block', () => outcome(bench, { ...profitable(), lastBlock: 1 }), /^OutsideBlocks/)
  attack(
    'revoked operator executes',
    async () => {
      const hot = testAccount('operator 1').address
      await owner('setOperator', [hot, true])
      expect(await as(hot, encodeOrder(profitable()))).toBe('ok')
      await owner('setOperator', [hot, false])
      return as(hot, encodeOrder(profitable()))
    },
    /^NotOperator/,
  )

  for (const fragment of callbacks.fragments.map((one) => one.format('sighash').replace('function ', ''))) {
    const name = fragment.slice(0, fragment.indexOf('('))
    attack(
      `stranger drives ${name} directly`,
      () => {
        const types = callbacks.getFunction(name)!.inputs
        const args = types.map(({ type }) =>
          type === 'bytes' ? '0x00000000' : type === 'address' ? bench.executor : 1n,
        )
        return as(stranger, callbacks.encodeFunctionData(name, args))
      },
      /^CallbackUnexpected/,
    )
  }
  attack(
    'operator drives a callback directly',
    () => as(account.operator.address, callbacks.encodeFunctionData('onMorphoFlashLoan', [1, '0x'])),
    /^CallbackUnexpected/,
  )
  attack(
    'lender drives its callback unasked',
    () => as(bench.morpho.address, callbacks.encodeFunctionData('onMorphoFlashLoan', [1, '0x'])),
    /^CallbackUnexpected/,
  )
  attack(
    'pool drives its callback unasked',
    () => as(bench.v3.pool, callbacks.encodeFunctionData('uniswapV3SwapCallback', [1, 0, '0x'])),
    /^CallbackUnexpected/,
  )
  attack(
    "stranger takes a lender's loan in our name",
    async () => {
      const lender = bench.lender
      const data = lender.abi.encodeFunctionData('flashLoanSimple', [
        bench.executor,
        bench.weth.address,
        E18,
        '0x00000000',
        0,
      ])
      return outcomeOf(bench.rpc, { from: stranger, to: lender.address, data: data as Hex })
    },
    /^CallbackUnexpected/,
  )
  attack('stranger runs a try', () => as(stranger, abi.encodeFunctionData('attempt', ['0x', '0x'])), /^NotSelf/)
  attack(
    'operator runs a try outside an order',
    () => as(account.operator.address, abi.encodeFunctionData('attempt', ['0x', '0x'])),
    /^NotSelf/,
  )
  attack(
    'stranger runs a module on its own',
    async () => {
      const question = { to: bench.executor, data: abi.encodeFunctionData('pools') }
      const answer = String(await bench.rpc.request('eth_call', [question, 'latest']))
      const pools = addressOfWord(answer as Hex)
      const data = new Interface(['function swap(bytes)']).encodeFunctionData('swap', [`0x${'00'.repeat(117)}`])
      return outcomeOf(bench.rpc, { from: stranger, to: pools, data: data as Hex })
    },
    /^NotExecuting/,
  )
  attack(
    'stranger sends native currency',
    () => outcomeOf(bench.rpc, { from: stranger, to: bench.executor, data: '0x', value: E18 }),
    /^NativeRefused/,
  )
  attack(
    'operator sends native currency with an order',
    () =>
      outcomeOf(bench.rpc, {
        from: account.operator.address,
        to: bench.executor,
        data: encodeOrder(profitable()),
        value: 1n,
      }),
    /revert/,
  )

  attack(
    'stranger withdraws',
    () => as(stranger, abi.encodeFunctionData('withdraw', [bench.weth.address, 1])),
    /^NotOperator/,
  )
  for (const [name, args] of [
    ['setOperator', [stranger, true]],
    ['proposeOwner', [stranger]],
    ['proposeSink', [stranger]],
    ['acceptSink', []],
    ['proposeEntry', [`0x${'01'.repeat(32)}`, `0x${'01'.repeat(32)}`]],
    ['acceptEntry', [`0x${'01'.repeat(32)}`]],
    ['removeEntry', [`0x${'01'.repeat(32)}`]],
  ] as const) {
    attack(`stranger calls ${name}`, () => as(stranger, abi.encodeFunctionData(name, args)), /^NotOwner/)
    attack(
      `operator calls ${name}`,
      () => as(account.operator.address, abi.encodeFunctionData(name, args)),
      /^NotOwner/,
    )
  }
  attack(
    'stranger accepts the ownership',
    () => as(stranger, abi.encodeFunctionData('acceptOwner')),
    /^NotPendingOwner/,
  )
  attack(
    'old owner acts after the new one accepted',
    async () => {
      const heir = testAccount('heir').address
      const id = await bench.rpc.request('evm_snapshot', [])
      await bench.rpc.request('anvil_setBalance', [heir, `0x${E18.toString(16)}`])
      await owner('proposeOwner', [heir])
      await send(bench.rpc, { from: heir, to: bench.executor, data: abi.encodeFunctionData('acceptOwner') as Hex })
      const found = await as(account.owner.address, abi.encodeFunctionData('proposeSink', [stranger]))
      await bench.rpc.request('evm_revert', [id])
      return found
    },
    /^NotOwner/,
  )
  attack(
    'sink changed before the delay is over',
    async () => {
      await owner('proposeSink', [stranger])
      await bench.rpc.request('evm_increaseTime', [DELAY - 60])
      await bench.rpc.request('evm_mine', [])
      return as(account.owner.address, abi.encodeFunctionData('acceptSink'))
    },
    /^TooEarly/,
  )
  it('the sink changes once the delay is over, and profits reach it', async () => {
    const next = Wallet.createRandom().address.toLowerCase()
    await owner('proposeSink', [next])
    await bench.rpc.request('evm_increaseTime', [DELAY])
    expect((await owner('acceptSink', [])).status).toBe('0x1')
    const data = abi.encodeFunctionData('withdraw', [bench.weth.address, E18]) as Hex
    expect((await send(bench.rpc, { from: account.operator.address, to: bench.executor, data })).status).toBe('0x1')
    expect((await bench.batch.read(bench.weth, 'balanceOf', [next]))[0]).toBe(E18)
  })
  attack(
    'registry entry used or accepted before the delay is over',
    async () => {
      const key = keyOfTarget(bench.intruder.address, bench.intruder.abi.getFunction('intrude')!.selector as Hex)
      await owner('proposeEntry', [key, `0x${'00'.repeat(31)}01`])
      expect(await outcome(bench, order([act(bench.intruder, 'intrude', [])]))).toMatch(/^NotRegistered/)
      return as(account.owner.address, abi.encodeFunctionData('acceptEntry', [key]))
    },
    /^TooEarly/,
  )
  attack(
    'registry entry used after its removal, which takes no delay',
    async () => {
      const key = keyOfTarget(bench.intruder.address, bench.intruder.abi.getFunction('intrude')!.selector as Hex)
      await bench.rpc.request('evm_increaseTime', [DELAY])
      expect((await owner('acceptEntry', [key])).status).toBe('0x1')
      expect(await outcome(bench, order([act(bench.intruder, 'intrude', [])]))).toBe('ok')
      expect((await owner('removeEntry', [key])).status).toBe('0x1')
      return outcome(bench, order([act(bench.intruder, 'intrude', [])]))
    },
    /^NotRegistered/,
  )
  attack(
    'owner registers the executor itself',
    async () => {
      const key = keyOfTarget(bench.executor, abi.getFunction('attempt')!.selector as Hex)
      await owner('proposeEntry', [key, `0x${'00'.repeat(31)}01`])
      await bench.rpc.request('evm_increaseTime', [DELAY])
      await bench.rpc.request('evm_mine', [])
      return as(account.owner.address, abi.encodeFunctionData('acceptEntry', [key]))
    },
    /^BadEntry/,
  )
})
