import { Interface, keccak256 } from 'ethers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { amount, bps, wei } from '#core/numbers.ts'
import type { Fill, Instruction, Order } from '#core/program.ts'
import { artifactNamed } from '../../contracts/compile.ts'
import { compileExecutor } from '../../contracts/compile-executor.ts'
import { decodeOrder, decodeProgram } from '../../src/execution/decode-order.ts'
import { encodeOrder, encodeProgram, orderBytes, orderHash, tokensOf } from '../../src/execution/encode-order.ts'
import { exactly, order, swap } from './programs.ts'

const executor = new Interface(executorAbi)
const hexOf = (bytes: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((all): Hex => `0x${Buffer.from(all).toString('hex')}`)
const anAddress = hexOf(20) as fc.Arbitrary<Address>
const anAmount = fc.bigInt(0n, 2n ** 128n - 1n).map(amount)
const sells = fc.oneof(
  anAmount.map((units) => ({ exactly: units })),
  anAmount.map((units) => ({ gainedLess: units })),
)

const swapParts = {
  op: fc.constant('swap' as const),
  factory: anAddress,
  pool: anAddress,
  sell: anAddress,
  buy: anAddress,
  feePips: fc.integer({ min: 0, max: 0xffffff }),
  amount: sells,
  minimum: anAmount,
}

const { program } = fc.letrec<{ program: Instruction[]; one: Instruction }>((tie) => ({
  program: fc.array(tie('one'), { maxLength: 3, depthIdentifier: 'program' }),
  one: fc.oneof(
    { depthIdentifier: 'program', depthSize: 'small' },
    fc.constant<Instruction>({ op: 'wrap' }),
    fc.record({
      ...swapParts,
      kind: fc.constantFrom('uniswap-v3', 'uniswap-v2'),
    }),
    fc.record({
      ...swapParts,
      kind: fc.constant('uniswap-v4'),
      tickSpacing: fc.integer({ min: 1, max: 0x7fff }),
    }),
    fc.record({
      op: fc.constant('redeem' as const),
      sell: anAddress,
      buy: anAddress,
      amount: sells,
      minimum: anAmount,
    }),
    fc.record({
      op: fc.constant('flash-swap' as const),
      factory: anAddress,
      pool: anAddress,
      sell: anAddress,
      buy: anAddress,
      feePips: fc.integer({ min: 0, max: 0xffffff }),
      amount: anAmount,
      inside: tie('program'),
    }),
    fc.record({ op: fc.constant('try' as const), gasLimit: fc.nat(0xffffffff), inside: tie('program') }),
    fc.record({
      op: fc.constant('flash' as const),
      kind: fc.constantFrom('morpho', 'aave-v3', 'uniswap-v4', 'sky'),
      lender: anAddress,
      asset: anAddress,
      amount: anAmount,
      inside: tie('program'),
    }),
    fc
      .record({
        to: anAddress,
        head: hexOf(40),
        value: anAmount,
        answer: fc.constantFrom('any' as const, 'zero' as const),
        approve: fc.option(fc.record({ asset: anAddress, spender: anAddress, amount: anAmount })),
        callback: fc.option(fc.record({ from: anAddress, selector: hexOf(4), inside: tie('program') })),
        fills: fc.array(
          fc.oneof(
            fc.record({
              offset: fc.integer({ min: 4, max: 8 }),
              with: fc.constant('gained' as const),
              asset: anAddress,
            }),
            fc.record({
              offset: fc.integer({ min: 4, max: 8 }),
              with: fc.constant('callback-word' as const),
              index: fc.nat(9),
            }),
          ) as fc.Arbitrary<Fill>,
          { maxLength: 2 },
        ),
      })
      .map(({ to, head, value, answer, approve, callback, fills }): Instruction => {
        const data: Hex = callback === null ? head : `${head}${encodeProgram(callback.inside).slice(2)}`
        return { op: 'act', call: { to, data, value: wei(value), fills, answer }, approve, callback }
      }),
  ),
}))

const anOrder: fc.Arbitrary<Order> = fc.record(
  {
    firstBlock: fc.nat(2 ** 31),
    lastBlock: fc.nat(2 ** 31),
    minimumNet: anAmount.map(wei),
    tipShareBps: fc.bigInt(0n, 10_000n).map(bps),
    expects: fc.array(fc.record({ to: anAddress, data: fc.nat(70).chain(hexOf), word: hexOf(32) }), { maxLength: 3 }),
    program,
    refundGas: fc.integer({ min: 1, max: 0xffffff }),
  },
  { requiredKeys: ['firstBlock', 'lastBlock', 'minimumNet', 'tipShareBps', 'expects', 'program'] },
)

describe('an order', () => {
  it('decodes to what was encoded', () => {
    const seed = Date.now() & 0x7fffffff
    process.stdout.write(`orders there and back: seed ${seed}\n`)
    fc.assert(
      fc.property(anOrder, (what) => {
        const data = encodeOrder(what)
        expect(decodeOrder(data)).toEqual(what)
        expect(data).toBe(executor.encodeFunctionData('execute', [orderBytes(what)]))
        expect(orderHash(what)).toBe(keccak256(orderBytes(what)))
      }),
      { numRuns: 500, seed },
    )
  })

  it('is refused by the decoder when cut anywhere, and never read past its end', () => {
    fc.assert(
      fc.property(program, fc.nat(), (what, at) => {
        const whole = encodeProgram(what)
        const cut = whole.slice(0, 2 + 2 * (at % ((whole.length - 2) / 2))) as Hex
        try {
          expect(decodeProgram(cut).length).toBeLessThanOrEqual(what.length)
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-record' })
        }
      }),
      { numRuns: 300 },
    )
  })

  it('names every token once, inner programs included', () => {
    const [a, b] = [`0x${'aa'.repeat(20)}`, `0x${'bb'.repeat(20)}`] as Address[]
    const inner = swap('uniswap-v2', a!, a!, [a!, b!], exactly(1n))
    expect(tokensOf([inner, { op: 'try', gasLimit: 1, inside: [inner] }])).toEqual([a, b])
  })

  it('carries no callback program that its calldata does not carry', () => {
    const to = `0x${'cc'.repeat(20)}` as Address
    const bad: Instruction = {
      op: 'act',
      call: { to, data: '0x12345678', value: wei(0n), fills: [], answer: 'any' },
      approve: null,
      callback: { from: to, selector: '0x12345678', inside: [{ op: 'wrap' }] },
    }
    expect(() => encodeOrder(order([bad]))).toThrow(/encodeProgram/)
  })

  it('names no venue or lender the executor has no module for', () => {
    const to = `0x${'cc'.repeat(20)}` as Address
    expect(() => encodeOrder(order([swap('curve', to, to, [to, to], exactly(1n))]))).toThrow(/cannot use curve/)
  })
})

describe('the executor as built', () => {
  const artifacts = compileExecutor()

  it('fits: every contract is below 24,576 bytes', () => {
    for (const name of ['Executor', 'Lenders', 'Pools', 'OpStackFees', 'ArbitrumFees']) {
      const bytes = (artifactNamed(artifacts, name).deployed.length - 2) / 2
      process.stdout.write(`${name}: ${bytes} bytes\n`)
      expect(bytes).toBeLessThan(24_576)
    }
  })

  it('has modules without immutables, so that their code hash is one', () => {
    for (const name of ['Lenders', 'Pools']) expect(artifactNamed(artifacts, name).immutables).toEqual({})
  })

  it('has the ABI that the keeper knows it by', () => {
    const signatures = (abi: Interface) =>
      abi.fragments
        .filter((one) => ['function', 'event', 'error'].includes(one.type))
        .map((one) => one.format('sighash'))
    const built = ['Executor', 'Lenders', 'Pools'].flatMap((name) =>
      signatures(new Interface(artifactNamed(artifacts, name).abi as string[])),
    )
    const inside = [
      'lend(bytes)',
      'lent(uint256,address,uint256,bytes)',
      'repay(uint256,address,uint256)',
      'swap(bytes)',
      'redeem(bytes)',
      'flashSwap(bytes)',
      'pay(address,address,uint256,bytes)',
      'unlocked(address,uint256,bytes)',
    ]
    const outside = new Set(built.filter((one) => !inside.includes(one)))
    expect([...outside].sort()).toEqual([...new Set(signatures(new Interface(executorAbi)))].sort())
  })
})
