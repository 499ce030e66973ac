import { Interface } from 'ethers'
import { executorAbi } from '#abis/executor.ts'
import { type Address, type Hex, hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { type Amount, amount, bps, type Wei, wei } from '#core/numbers.ts'
import type { Fill, Instruction, Order, SwapAmount } from '#core/program.ts'
import { layout, nameOf } from './layout.ts'

const executor = new Interface(executorAbi)

/** The inverse of `encodeOrder`, for the journal, `explain` and tests. @throws `bad-record` for anything else. */
export function decodeOrder(calldata: Hex): Order {
  const bytes = reader(argumentOf(calldata))
  const head = { firstBlock: bytes.int(6), lastBlock: bytes.int(6) }
  const minimumNet = wei(bytes.number(16))
  const tipShareBps = bps(bytes.number(2))
  const refundGas = bytes.int(3)
  for (let tokens = bytes.int(1); tokens > 0; tokens -= 1) bytes.address()
  const expects = Array.from({ length: bytes.int(1) }, () => {
    const [to, word] = [bytes.address(), bytes.take(32)]
    return { to, word, data: bytes.take(bytes.int(2)) }
  })
  const refund = refundGas === 0 ? {} : { refundGas }
  return { ...head, minimumNet, tipShareBps, ...refund, expects, program: decodeProgram(bytes.rest()) }
}

/** The inverse of `encodeProgram`. @throws `bad-record`. */
export function decodeProgram(program: Hex): readonly Instruction[] {
  const bytes = reader(program)
  const found: Instruction[] = []
  while (!bytes.isEmpty()) {
    const op = nameOf(layout.op, bytes.int(1))
    const operand = reader(bytes.take(bytes.int(3)))
    if (op !== 'nothing') found.push(decodeInstruction(op, operand))
  }
  return found
}

function argumentOf(calldata: Hex): Hex {
  try {
    return hex(String(executor.decodeFunctionData('execute', calldata)[0]))
  } catch (cause) {
    throw new KeeperError('bad-record', 'this is not a call of the executor', { cause })
  }
}

function decodeInstruction(op: Exclude<keyof typeof layout.op, 'nothing'>, bytes: Reader): Instruction {
  switch (op) {
    case 'flash': {
      const kind = nameOf(layout.flash, bytes.int(1))
      const loan = { lender: bytes.address(), asset: bytes.address(), amount: bytes.amount() }
      return { op, kind, ...loan, inside: decodeProgram(bytes.rest()) }
    }
    case 'try':
      return { op, gasLimit: bytes.int(4), inside: decodeProgram(bytes.rest()) }
    case 'act':
      return decodeAct(bytes)
    case 'swap':
      return decodeSwap(bytes)
    case 'redeem':
      return { op, sell: bytes.address(), buy: bytes.address(), amount: decodeAmount(bytes), minimum: bytes.amount() }
    case 'flash-swap': {
      const [factory, pool, sell, buy] = [bytes.address(), bytes.address(), bytes.address(), bytes.address()]
      const [feePips, amount] = [bytes.int(3), bytes.amount()]
      return { op, factory, pool, sell, buy, feePips, amount, inside: decodeProgram(bytes.rest()) }
    }
    case 'wrap':
      return { op }
  }
}

function decodeSwap(bytes: Reader): Instruction {
  const kind = nameOf(layout.venue, bytes.int(1))
  const [factory, pool, sell, buy] = [bytes.address(), bytes.address(), bytes.address(), bytes.address()]
  const feePips = bytes.int(3)
  const amount = decodeAmount(bytes)
  const minimum = bytes.amount()
  const spaced = bytes.isEmpty() ? {} : { tickSpacing: bytes.int(3) }
  return { op: 'swap', kind, factory, pool, sell, buy, feePips, amount, minimum, ...spaced }
}

function decodeAmount(bytes: Reader): SwapAmount {
  const mode = nameOf(layout.amount, bytes.int(1))
  const units = bytes.amount()
  return mode === 'exactly' ? { exactly: units } : { gainedLess: units }
}

function decodeAct(bytes: Reader): Instruction {
  const flags = bytes.int(1)
  const has = (flag: keyof typeof layout.act): boolean => (flags & layout.act[flag]) !== 0
  const to = bytes.address()
  const value = has('value') ? wei(bytes.number(16)) : (0n as Wei)
  const approve = has('approve') ? { asset: bytes.address(), spender: bytes.address(), amount: bytes.amount() } : null
  const back = has('callback')
    ? { from: bytes.address(), selector: bytes.take(4), at: bytes.int(3), size: bytes.int(3) }
    : null
  const fills = Array.from({ length: bytes.int(1) }, (): Fill => {
    const [offset, filler] = [bytes.int(3), nameOf(layout.fill, bytes.int(1))]
    if (filler === 'gained') return { offset, with: filler, asset: bytes.address() }
    return { offset, with: filler, index: bytes.int(20) }
  })
  const data = bytes.rest()
  const answer = has('answerZero') ? 'zero' : 'any'
  const inside = back === null ? [] : decodeProgram(reader(data).at(back.at, back.size))
  const callback = back === null ? null : { from: back.from, selector: back.selector, inside }
  return { op: 'act', call: { to, data, value, fills, answer }, approve, callback }
}

type Reader = ReturnType<typeof reader>

function reader(data: Hex) {
  let at = 2
  const take = (bytes: number): Hex => {
    const end = at + bytes * 2
    if (end > data.length) throw new KeeperError('bad-record', 'this order ends too early: it was cut, or is none')
    const part: Hex = `0x${data.slice(at, end)}`
    at = end
    return part
  }
  const number = (bytes: number): bigint => BigInt(take(bytes))
  return {
    take,
    number,
    int: (bytes: number): number => Number(number(bytes)),
    address: (): Address => take(20) as Address,
    amount: (): Amount => amount(number(16)),
    rest: (): Hex => take((data.length - at) / 2),
    isEmpty: (): boolean => at >= data.length,
    at: (offset: number, bytes: number): Hex => {
      at = 2 + offset * 2
      return take(bytes)
    },
  }
}
