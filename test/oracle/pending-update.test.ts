import { AbiCoder, Interface, Transaction, Wallet } from 'ethers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Address, address, type Hex } from '#core/address.ts'
import { signers } from '../../sandbox/deploy/oracles.ts'
import { signedReport } from '../../sandbox/report.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { updateIn } from '../../src/scene/pending-update.ts'
import { callOf } from '../../src/scene/raw-transaction.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const at = (index: number): Address => address(`0x${(0xa000 + index).toString(16).padStart(40, '0')}`)
const contracts = new Interface([
  'function transmit(bytes32[3] context, bytes report, bytes32[] rs, bytes32[] ss, bytes32 vs)',
  'function transmitSecondary(bytes32[3] context, bytes report, bytes32[] rs, bytes32[] ss, bytes32 vs)',
  'function forward(address to, bytes data)',
  'function submit(uint256 round, int256 answer)',
])
const first = new Interface(['function transmit(bytes report, bytes32[] rs, bytes32[] ss, bytes32 vs)'])
const digest: Hex = `0x${'01'.repeat(32)}`
const transmission = (name: string, answer: bigint, epoch = 7): Hex =>
  contracts.encodeFunctionData(name, signedReport(digest, epoch, answer, 1_780_000_000, signers)) as Hex
const forwarded = (to: Address, data: Hex, depth: number): { to: Address; data: Hex } =>
  depth === 0
    ? { to, data }
    : { ...forwarded(at(100 + depth), contracts.encodeFunctionData('forward', [to, data]) as Hex, depth - 1) }
/** OCR1: a context of eleven zero bytes, the digest's sixteen, epoch and round. */
const firstReport = (answers: readonly bigint[]): Hex => {
  const context = `0x${'00'.repeat(11)}${'02'.repeat(16)}0000000903`
  const types = ['bytes32', 'bytes32', 'int192[]']
  const report = AbiCoder.defaultAbiCoder().encode(types, [context, digest, answers])
  return first.encodeFunctionData('transmit', [report, [digest], [digest], digest]) as Hex
}

describe(`a pending oracle update (seed ${seed})`, () => {
  it('of OCR2, plain and secondary, is the upper median of what was observed', () => {
    for (const [name, kind] of [
      ['transmit', 'ocr2'],
      ['transmitSecondary', 'secondary'],
    ] as const) {
      expect(updateIn(at(1), transmission(name, 123_456n))).toEqual({
        ...{ aggregator: at(1), path: [], kind, answer: 123_456n },
        ...{ observedAt: 1_780_000_000, round: 7 * 256 + 1 },
      })
    }
  })

  it('of OCR1 needs its observations sorted, as the aggregator does', () => {
    expect(updateIn(at(1), firstReport([5n, 6n, 9n]))).toMatchObject({ kind: 'ocr1', answer: 6n, round: 9 * 256 + 3 })
    expect(updateIn(at(1), firstReport([-3n, -2n]))).toMatchObject({ answer: -2n })
    expect(updateIn(at(1), firstReport([6n, 5n]))).toBeNull()
  })

  it('of a FluxAggregator is what one oracle submits', () => {
    const data = contracts.encodeFunctionData('submit', [12, -5]) as Hex
    expect(updateIn(at(1), data)).toMatchObject({ kind: 'flux', round: 12, answer: -5n })
  })

  it('is found through forwarders, to a depth', () => {
    for (const depth of [1, 2, 3, 4]) {
      const call = forwarded(at(1), transmission('transmit', 9_000n), depth)
      expect(updateIn(call.to, call.data)).toMatchObject({
        aggregator: at(1),
        path: Array.from({ length: depth }, (_, hop) => at(101 + hop)),
        answer: 9_000n,
      })
    }
    const deep = forwarded(at(1), transmission('transmit', 9_000n), 5)
    expect(updateIn(deep.to, deep.data)).toBeNull()
  })

  it('is read out of every kind of signed transaction', () => {
    const wallet = new Wallet(testAccount('anybody').privateKey)
    const data = transmission('transmit', 77_000n)
    for (const type of [0, 1, 2]) {
      const fees = type === 2 ? { maxFeePerGas: 9n, maxPriorityFeePerGas: 1n } : { gasPrice: 9n }
      const transaction = Transaction.from({
        type,
        chainId: 1,
        nonce: 300,
        to: at(3),
        data,
        gasLimit: 1n << 20n,
        ...fees,
      })
      transaction.signature = wallet.signingKey.sign(transaction.unsignedHash)
      expect(callOf(transaction.serialized as Hex)).toEqual({ to: at(3), data })
    }
    const creation = Transaction.from({ type: 2, chainId: 1, nonce: 1, data: '0x6000', maxFeePerGas: 1n })
    creation.signature = wallet.signingKey.sign(creation.unsignedHash)
    expect(callOf(creation.serialized as Hex)).toBeNull()
  })

  const bytes = fc.uint8Array({ maxLength: 900 }).map((those): Hex => `0x${Buffer.from(those).toString('hex')}`)

  it('is never found in garbage, and garbage never throws', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom('b1dc65a4', 'ba0cb29e', 'c9807539', '6fadcf72', ''), (raw, selector) => {
        callOf(raw)
        const data: Hex = `0x${selector}${raw.slice(2)}`
        expect(updateIn(at(1), data)).toBeNull()
      }),
      { seed, numRuns: 3_000 },
    )
  })

  it('cut anywhere, or with any of its lengths and pointers wrong, is none', () => {
    const good = transmission('transmit', 5_000n)
    fc.assert(
      fc.property(fc.nat((good.length - 4) / 2), (length) => {
        expect(updateIn(at(1), good.slice(0, 2 + 2 * length) as Hex)).toBeNull()
      }),
      { seed, numRuns: 400 },
    )
    // Words: pointers to report, rs and ss; lengths of report, observations, rs and ss.
    const args = good.slice(10)
    const huge = ['f'.repeat(64), '7fffffff'.padStart(64, '0'), 'ffffffff'.padStart(64, '0'), '0'.repeat(64)]
    for (const word of [3, 4, 5, 7, 10, 12, 17, 20]) {
      for (const wrong of huge) {
        const data = `${good.slice(0, 10)}${args.slice(0, 64 * word)}${wrong}${args.slice(64 * (word + 1))}`
        expect([word, updateIn(at(1), data as Hex)]).toEqual([word, null])
      }
    }
  })

  it('agrees with a general decoder wherever that one decodes', () => {
    const coder = AbiCoder.defaultAbiCoder()
    const int192 = fc.bigInt({ min: -(2n ** 191n), max: 2n ** 191n - 1n })
    const observations = fc.array(int192, { minLength: 1, maxLength: 31 })
    fc.assert(
      fc.property(observations, fc.nat(2 ** 32 - 1), fc.nat(2 ** 24), (answers, observedAt, epoch) => {
        const types = ['uint32', 'bytes32', 'int192[]', 'int192']
        const report = coder.encode(types, [observedAt, digest, answers, 1])
        const context = [digest, `0x${(epoch * 256).toString(16).padStart(64, '0')}`, digest]
        const data = contracts.encodeFunctionData('transmit', [context, report, [digest], [digest], digest]) as Hex
        const [, , decoded] = coder.decode(types, report)
        const told = { observedAt, round: epoch * 256, answer: decoded[Math.floor(decoded.length / 2)] }
        expect(updateIn(at(1), data)).toMatchObject(told)
      }),
      { seed, numRuns: 300 },
    )
  })
})
