import { AbiCoder, type Interface } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Ask } from '../../../src/chain/rpc.ts'

export type Try = readonly { readonly collateral: Address; readonly debt: Address; readonly input: bigint }[]
export type Answer =
  | { readonly reverted: true; readonly data: Hex }
  | {
      readonly reverted: false
      readonly paid: readonly bigint[]
      readonly got: readonly bigint[]
      readonly config: bigint
      readonly balances: readonly bigint[]
      readonly account: Hex
    }
export type Asked = {
  readonly prober: Address
  readonly abi: Interface
  readonly pool: Address
  readonly user: Address
  readonly tries: readonly Try[]
  readonly tokens: readonly Address[]
  readonly timestamp: number
  readonly block: Hex
  /** Storage of price sources: source → answer. */
  readonly prices: ReadonlyMap<Address, bigint>
}

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`

/** One `eth_call` that tries every input from the same state, at a time and at prices of our choosing. */
export function askOf(asked: Asked): Ask {
  const steps = asked.tries.map((steps) => steps.map(({ collateral, debt, input }) => [collateral, debt, input]))
  const data = asked.abi.encodeFunctionData('tries', [asked.pool, asked.user, steps, asked.tokens])
  const slot0 = word(0n)
  const state = Object.fromEntries(
    [...asked.prices].map(([source, price]) => [source, { stateDiff: { [slot0]: word(price) } }]),
  )
  const time = `0x${asked.timestamp.toString(16)}`
  return {
    method: 'eth_call',
    params: [{ to: asked.prober, data, gas: '0xf42400' }, asked.block, state, { time }],
  }
}

/** @throws `bad-answer` when the probe itself failed. */
export function answersOf(
  abi: Interface,
  answer: unknown,
): { readonly account: Hex; readonly answers: readonly Answer[] } {
  if (typeof answer !== 'string') {
    throw answer instanceof KeeperError ? answer : new KeeperError('bad-answer', 'the probe gave no answer')
  }
  const [account, answers] = abi.decodeFunctionResult('tries', answer)
  return {
    account: packed(account as readonly bigint[]),
    answers: (answers as Hex[]).map((data) => answerOf(abi, data)),
  }
}

function answerOf(abi: Interface, data: Hex): Answer {
  if (data.slice(0, 10) !== abi.getError('Done')?.selector) return { reverted: true, data }
  const [{ paid, got, config, balances, account }] = abi.decodeErrorResult('Done', data) as unknown as [Done]
  return { reverted: false, paid: [...paid], got: [...got], config, balances: [...balances], account: packed(account) }
}
type Done = {
  readonly paid: readonly bigint[]
  readonly got: readonly bigint[]
  readonly config: bigint
  readonly balances: readonly bigint[]
  readonly account: readonly bigint[]
}

const packed = (words: readonly bigint[]): Hex => AbiCoder.defaultAbiCoder().encode(['uint256[6]'], [[...words]]) as Hex
