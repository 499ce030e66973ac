import { Interface, keccak256, SigningKey, Transaction, version } from 'ethers'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { amount, bps, wei } from '#core/numbers.ts'
import { call, type Instruction, type Order } from '#core/program.ts'
import { encodeOrder, orderBytes } from '../src/execution/encode-order.ts'
import { signTransaction } from '../src/execution/sign-transaction.ts'
import { createSigner } from '../src/keys/create-signer.ts'
import { type Ecdsa, ecdsa, nobleEcdsa } from '../src/keys/ecdsa.ts'
import type { Arm, Bench, Measured } from './bench.ts'

const times = 50
const key = new Uint8Array(32).fill(0x4a)
const to = `0x${'e1'.repeat(20)}` as Address
const fees = { chainId: 1, priorityFee: wei(10_000_000n), maxFee: wei(31_234_567_891n), gasLimit: 1_184_000 }

const at = (digit: string): Address => `0x${digit.repeat(40)}` as Address
const swap = (pool: string, units: bigint): Instruction => ({
  op: 'swap',
  kind: 'uniswap-v3',
  factory: at('f'),
  pool: at(pool),
  sell: at('c'),
  buy: at('d'),
  feePips: 3_000,
  amount: { exactly: amount(units) },
  minimum: amount(units * 2_900n),
})

/** One liquidation out of a loan, sold through three pools: what a keeper mostly sends. Each differs in its amounts. */
function orderOf(nth: number): Order {
  const repay = 61_234_567_890n + BigInt(nth)
  const act: Instruction = {
    op: 'act',
    call: call(at('a'), `0x00a718a9${'0'.repeat(24)}${at('c').slice(2)}${repay.toString(16).padStart(256, '0')}`),
    approve: { asset: at('d'), spender: at('a'), amount: amount(repay) },
    callback: null,
  }
  const inside = [act, swap('1', 9n * 10n ** 18n), swap('2', 7n * 10n ** 18n), swap('3', 5n * 10n ** 18n)]
  const program: readonly Instruction[] = [
    { op: 'flash', kind: 'morpho', lender: at('b'), asset: at('d'), amount: amount(repay), inside },
  ]
  const minimumNet = wei(5n * 10n ** 14n)
  return { firstBlock: 9, lastBlock: 9, minimumNet, tipShareBps: bps(8_000n), expects: [], refundGas: 9_000, program }
}

type Sign = (order: Order, nonce: number) => { readonly raw: string; readonly hash: string }

function ours(by: Ecdsa): Sign {
  const signer = createSigner(key, by)
  return (order, nonce) => signTransaction(signer, { ...fees, nonce, to, data: encodeOrder(order) })
}

/** As its documentation has it: the interface kept, the transaction signed by the key itself, without a provider. */
function byEthers(): Sign {
  const abi = new Interface(executorAbi)
  const signingKey = new SigningKey(key)
  const { chainId, gasLimit, maxFee, priorityFee } = fees
  return (order, nonce) => {
    const data = abi.encodeFunctionData('execute', [orderBytes(order)])
    const prices = { maxFeePerGas: maxFee, maxPriorityFeePerGas: priorityFee }
    const transaction = Transaction.from({ type: 2, chainId, nonce, to, data, gasLimit, ...prices, value: 0n })
    transaction.signature = signingKey.sign(transaction.unsignedHash)
    return { raw: transaction.serialized, hash: transaction.hash ?? '' }
  }
}

function arm(name: string, sign: Sign): Arm {
  const orders = Array.from({ length: times }, (_, nth) => orderOf(nth))
  return {
    name,
    run: (): Measured => {
      const began = process.hrtime.bigint()
      const signed = orders.map(sign)
      const value = Number(process.hrtime.bigint() - began) / times / 1_000
      return {
        value,
        result: keccak256(`0x${signed.map(({ raw, hash }) => (raw + hash).replaceAll('0x', '')).join('')}` as Hex),
      }
    },
  }
}

const what = 'an order encoded and signed to raw bytes and hash (one loan, one liquidation, three swaps)'
const reference = { arm: arm('ethers', byEthers()), what: `ethers ${version}, Interface and SigningKey kept` }

/** Encoding and signing; every arm's transactions and hashes are compared byte for byte. */
export const bench: Bench = {
  name: 'sign',
  open: async () => ({
    metrics: [
      {
        name: 'encode-and-sign',
        what: `${what}, ${ecdsa.name} secp256k1`,
        unit: 'µs',
        ours: arm('plimsoll', ours(ecdsa)),
        references: [{ ...reference, target: { kind: 'at-least', ratio: 10 } }],
        repeats: 15,
        warmups: 5,
      },
      {
        name: 'encode-and-sign-without-native',
        what: `${what}, where no native secp256k1 loads`,
        unit: 'µs',
        ours: arm('plimsoll, noble', ours(nobleEcdsa)),
        references: [{ ...reference, target: { kind: 'at-least', ratio: 2 } }],
        repeats: 15,
        warmups: 5,
      },
    ],
    counts: [],
    close: async () => undefined,
  }),
}
