import type { Address, Hex } from '#core/address.ts'
import { amount, bps, wei } from '#core/numbers.ts'
import { call, type Fill, type Instruction, type Order, type SwapAmount } from '#core/program.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { encodeProgram } from '../../src/execution/encode-order.ts'

export const order = (program: readonly Instruction[], rest: Partial<Order> = {}): Order => ({
  firstBlock: 0,
  lastBlock: 2 ** 40,
  minimumNet: wei(0n),
  tipShareBps: bps(0n),
  expects: [],
  program,
  ...rest,
})

export const flash = (
  kind: string,
  lender: Address,
  asset: Address,
  units: bigint,
  inside: readonly Instruction[],
): Instruction => ({ op: 'flash', kind, lender, asset, amount: amount(units), inside })

export function swap(
  kind: string,
  factory: Address,
  pool: Address,
  [sell, buy]: readonly [Address, Address],
  sells: SwapAmount,
  options: { readonly feePips?: number; readonly minimum?: bigint; readonly tickSpacing?: number } = {},
): Instruction {
  const { feePips = 3000, minimum = 0n, ...spaced } = options
  return { op: 'swap', kind, factory, pool, sell, buy, feePips, amount: sells, minimum: amount(minimum), ...spaced }
}

export const redeem = (sell: Address, buy: Address, sells: SwapAmount, minimum = 0n): Instruction => ({
  op: 'redeem',
  sell,
  buy,
  amount: sells,
  minimum: amount(minimum),
})

export const flashSwap = (
  factory: Address,
  pool: Address,
  [sell, buy]: readonly [Address, Address],
  units: bigint,
  inside: readonly Instruction[],
): Instruction => ({ op: 'flash-swap', factory, pool, sell, buy, feePips: 3000, amount: amount(units), inside })

export const exactly = (units: bigint): SwapAmount => ({ exactly: amount(units) })
export const gainedLess = (units: bigint): SwapAmount => ({ gainedLess: amount(units) })

export type ActOptions = {
  readonly approve?: { readonly asset: Address; readonly amount: bigint; readonly spender?: Address }
  readonly value?: bigint
  readonly fills?: readonly Fill[]
  readonly answer?: 'any' | 'zero'
  readonly callback?: { readonly from?: Address; readonly selector: Hex; readonly inside: readonly Instruction[] }
}

/** Calls a function of a contract by name; the callback's program goes where an argument is `'payload'`. */
export function act(to: Contract, name: string, args: readonly unknown[], options: ActOptions = {}): Instruction {
  const { approve, value = 0n, fills = [], answer = 'any', callback } = options
  const payload = encodeProgram(callback?.inside ?? [])
  const filled = args.map((one) => (one === 'payload' ? payload : one))
  const data = to.abi.encodeFunctionData(name, filled) as Hex
  return {
    op: 'act',
    call: call(to.address, data, { value: wei(value), fills, answer }),
    approve:
      approve === undefined
        ? null
        : { asset: approve.asset, spender: approve.spender ?? to.address, amount: amount(approve.amount) },
    callback:
      callback === undefined
        ? null
        : { from: callback.from ?? to.address, selector: callback.selector, inside: callback.inside },
  }
}
