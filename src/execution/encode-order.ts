import { id } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Fill, Instruction, Order, SwapAmount } from '#core/program.ts'
import { keccakOf } from './keccak.ts'
import { layout, numberOf } from './layout.ts'

/** The head of `execute(bytes)`, which never changes: its selector, and where its one argument begins. */
const head = `${id('execute(bytes)').slice(2, 10)}${'20'.padStart(64, '0')}`

/**
 * Calldata of the executor's `execute`. The layout is `contracts/src/Executor.sol`'s; `decodeOrder` is the inverse.
 * Every token the program names is listed first, so that its balance is noted before anything happens.
 * @throws `bad-argument` where a number does not fit, or a callback's inner program is not in its act's calldata (see
 * `encodeProgram`); `unsupported` for a venue or lender the executor has no module for.
 */
export function encodeOrder(order: Order): Hex {
  const bytes = plain(orderBytes(order))
  const length = bytes.length / 2
  return `0x${head}${number(length, 32)}${bytes}${'0'.repeat(((32 - (length % 32)) % 32) * 2)}`
}

/** The first topic of the order's `Executed` event. */
export const orderHash = (order: Order): Hex => keccakOf(orderBytes(order))

/** The reason's first topic in `TryFailed`: which `try` was rolled back. */
export const tryHash = (inside: readonly Instruction[]): Hex => keccakOf(sequence(inside))

/**
 * An inner program as a protocol's calldata carries it, to be handed back in its callback. Never empty, because some
 * protocols call back only when there is something to hand back.
 */
export const encodeProgram = (program: readonly Instruction[]): Hex =>
  program.length === 0 ? `0x${instruction(layout.op.nothing, '')}` : sequence(program)

/** The order without the call around it. */
export function orderBytes(order: Order): Hex {
  const tokens = tokensOf(order.program)
  if (order.tipShareBps < 0n || order.tipShareBps > 10_000n)
    throw new KeeperError('bad-argument', `a tip share of ${order.tipShareBps} bps: it must be 0 to 10000`)
  const expects = order.expects.map(
    ({ to, data, word }) => `${plain(to)}${number(BigInt(word), 32)}${number(bytesIn(data), 2)}${plain(data)}`,
  )
  return `0x${[
    number(order.firstBlock, 6),
    number(order.lastBlock, 6),
    number(order.minimumNet, 16),
    number(order.tipShareBps, 2),
    number(order.refundGas ?? 0, 3),
    number(tokens.length, 1),
    ...tokens.map(plain),
    number(expects.length, 1),
    ...expects,
    plain(sequence(order.program)),
  ].join('')}`
}

/** Every token a program names, once each, in order of appearance; inner programs too. */
export function tokensOf(program: readonly Instruction[]): readonly Address[] {
  const found = new Set<Address>()
  const visit = (one: Instruction): void => {
    if (one.op === 'swap' || one.op === 'redeem' || one.op === 'flash-swap') found.add(one.sell).add(one.buy)
    if (one.op === 'flash') found.add(one.asset)
    if (one.op === 'flash' || one.op === 'try' || one.op === 'flash-swap') one.inside.forEach(visit)
    if (one.op !== 'act') return
    if (one.approve !== null) found.add(one.approve.asset)
    for (const fill of one.call.fills) if (fill.with === 'gained') found.add(fill.asset)
    one.callback?.inside.forEach(visit)
  }
  program.forEach(visit)
  return [...found]
}

const sequence = (program: readonly Instruction[]): Hex => `0x${program.map(encodeInstruction).join('')}`
const instruction = (op: number, operand: string): string =>
  `${number(op, 1)}${number(operand.length / 2, 3)}${operand}`

function encodeInstruction(one: Instruction): string {
  const { op } = layout
  switch (one.op) {
    case 'flash': {
      const kind = number(numberOf(layout.flash, one.kind), 1)
      const loan = `${kind}${plain(one.lender)}${plain(one.asset)}${number(one.amount, 16)}`
      return instruction(op.flash, loan + plain(sequence(one.inside)))
    }
    case 'try':
      return instruction(op.try, number(one.gasLimit, 4) + plain(sequence(one.inside)))
    case 'act':
      return instruction(op.act, encodeAct(one))
    case 'swap':
      return instruction(op.swap, encodeSwap(one))
    case 'redeem':
      return instruction(
        op.redeem,
        `${plain(one.sell)}${plain(one.buy)}${encodeAmount(one.amount)}${number(one.minimum, 16)}`,
      )
    case 'flash-swap': {
      const { factory, pool, sell, buy, feePips, amount, inside } = one
      const terms = `${[factory, pool, sell, buy].map(plain).join('')}${number(feePips, 3)}${number(amount, 16)}`
      return instruction(op['flash-swap'], terms + plain(encodeProgram(inside)))
    }
    case 'wrap':
      return instruction(op.wrap, '')
  }
}

function encodeSwap(one: Extract<Instruction, { op: 'swap' }>): string {
  return [
    number(numberOf(layout.venue, one.kind), 1),
    ...[one.factory, one.pool, one.sell, one.buy].map(plain),
    number(one.feePips, 3),
    encodeAmount(one.amount),
    number(one.minimum, 16),
    one.tickSpacing === undefined ? '' : number(one.tickSpacing, 3),
  ].join('')
}

const encodeAmount = (amount: SwapAmount): string =>
  'exactly' in amount
    ? `${number(layout.amount.exactly, 1)}${number(amount.exactly, 16)}`
    : `${number(layout.amount.gainedLess, 1)}${number(amount.gainedLess, 16)}`

function encodeAct({ call, approve, callback }: Extract<Instruction, { op: 'act' }>): string {
  const flag = (bit: number, isSet: boolean): number => (isSet ? bit : 0)
  const flags =
    flag(layout.act.value, call.value !== 0n) |
    flag(layout.act.approve, approve !== null) |
    flag(layout.act.callback, callback !== null) |
    flag(layout.act.answerZero, call.answer === 'zero')
  if (bytesIn(call.data) < 4) throw new KeeperError('bad-argument', `an act on ${call.to} without a function to call`)
  return [
    number(flags, 1),
    plain(call.to),
    call.value === 0n ? '' : number(call.value, 16),
    approve === null ? '' : `${plain(approve.asset)}${plain(approve.spender)}${number(approve.amount, 16)}`,
    callback === null ? '' : encodeCallback(callback, call.data),
    number(call.fills.length, 1),
    ...call.fills.map((fill) => encodeFill(fill, call.data)),
    plain(call.data),
  ].join('')
}

function encodeCallback(
  { from, selector, inside }: NonNullable<Extract<Instruction, { op: 'act' }>['callback']>,
  data: Hex,
): string {
  const payload = encodeProgram(inside)
  const at = bytesAt(data, payload)
  if (at < 0)
    throw new KeeperError(
      'bad-argument',
      `an act's calldata does not carry its callback's program: build it with encodeProgram(inside)`,
    )
  if (bytesIn(selector) !== 4) throw new KeeperError('bad-argument', `${selector} is not a selector of four bytes`)
  return `${plain(from)}${plain(selector)}${number(at, 3)}${number(bytesIn(payload), 3)}`
}

function encodeFill(fill: Fill, data: Hex): string {
  if (fill.offset < 4 || fill.offset + 32 > bytesIn(data))
    throw new KeeperError('bad-argument', `a fill at ${fill.offset} lies outside the calldata behind its selector`)
  const what = fill.with === 'gained' ? plain(fill.asset) : number(checkedIndex(fill.index), 20)
  return `${number(fill.offset, 3)}${number(layout.fill[fill.with], 1)}${what}`
}

function checkedIndex(index: number): number {
  if (index < 0xffff) return index
  throw new KeeperError('bad-argument', `argument ${index} of a callback: there are not that many`)
}

/** Where the bytes begin, counted from the last place they are found: a payload is a protocol's last argument. */
function bytesAt(data: Hex, part: Hex): number {
  const text = plain(data)
  for (let at = text.length; at >= 0; ) {
    const found = text.lastIndexOf(plain(part), at)
    if (found < 0 || found % 2 === 0) return found / 2
    at = found - 1
  }
  return -1
}

const plain = (text: Hex | Address): string => text.slice(2).toLowerCase()
const bytesIn = (data: Hex): number => (data.length - 2) / 2

function number(value: bigint | number, bytes: number): string {
  const text = BigInt(value).toString(16)
  if (value < 0)
    throw new KeeperError('bad-argument', `${value} in an order: amounts and a minimum below zero would allow a loss`)
  if (text.length > bytes * 2)
    throw new KeeperError(
      'bad-argument',
      `${value} does not fit ${bytes} bytes of an order; no real amount is so large`,
    )
  return text.padStart(bytes * 2, '0')
}
