import { KeeperError } from '#core/error.ts'

/**
 * The executor's numbers, as `contracts/src/Executor.sol` and its modules read them. What an order holds of flash
 * sources and venues is their folder's name; here is the number each goes by on the chain.
 */
export const layout = {
  op: { nothing: 0, flash: 1, try: 2, act: 3, swap: 4, wrap: 5, redeem: 6, 'flash-swap': 7 },
  flash: { morpho: 1, 'aave-v3': 2, 'uniswap-v4': 3, sky: 4 } as Readonly<Record<string, number>>,
  venue: { 'uniswap-v3': 1, 'uniswap-v2': 2, 'uniswap-v4': 3 } as Readonly<Record<string, number>>,
  act: { value: 1, approve: 2, callback: 4, answerZero: 8 },
  fill: { gained: 0, 'callback-word': 1 },
  amount: { exactly: 0, gainedLess: 1 },
  /** Kinds of registry keys. */
  registry: { target: 1, spender: 2, lender: 3, factory: 4, peer: 5, exit: 6 },
  /** What an argument of a redeeming function is; seven at most. */
  exitArgument: { amount: 1, executor: 2, underlying: 3, zero: 4 },
  exitFlag: { answersZero: 1, paysNative: 2 },
} as const

/** @throws `unsupported` when the executor has no module for it. */
export function numberOf(table: Readonly<Record<string, number>>, name: string): number {
  const found = table[name]
  if (found === undefined)
    throw new KeeperError('unsupported', `the executor cannot use ${name}; it knows ${Object.keys(table).join(', ')}`)
  return found
}

/** @throws `bad-record` when no name has the number. */
export function nameOf<T extends string>(table: Readonly<Record<T, number>>, number: number): T {
  const found = (Object.keys(table) as T[]).find((name) => table[name] === number)
  if (found === undefined) throw new KeeperError('bad-record', `no name for number ${number} in this order`)
  return found
}
