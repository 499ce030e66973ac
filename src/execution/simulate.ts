import { Transaction } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'

export type Simulation =
  | { readonly status: 'success'; readonly gasUsed: number }
  | { readonly status: 'reverts'; readonly data: Hex; readonly gasUsed: number }
  /** The node has no `eth_simulateV1`, or did not answer: nothing is known. */
  | { readonly status: 'unknown'; readonly why: string }

export type SimulatedCall = {
  readonly from: Address
  readonly to: Address
  readonly data: Hex
  readonly gasLimit: number
  readonly maxFee: bigint
  readonly priorityFee: bigint
}
/** On which state, and how: see `simulate` and `measureGas`. */
export type Setting = {
  readonly on: 'latest' | Hex
  readonly baseFee: bigint
  readonly isChecked: boolean
  /** Who is paid for the block; left out, whoever the node thinks. */
  readonly beneficiary?: Address
  readonly stateOverrides?: object
}
export type Request = (method: string, params: readonly unknown[]) => Promise<unknown>

const hex = (n: number | bigint): Hex => `0x${n.toString(16)}`

/** What somebody else signed, as a call; its nonce is the state's. */
function callOf(raw: Hex): object {
  const { from, to, data, value, gasLimit, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(raw)
  // Of the older kinds the one price is both: whatever is above the base fee goes to the builder.
  const [most, tip] = [maxFeePerGas ?? gasPrice ?? 0n, maxPriorityFeePerGas ?? gasPrice ?? 0n]
  const fees = { maxFeePerGas: hex(most), maxPriorityFeePerGas: hex(tip) }
  return { from, data, value: hex(value), gas: hex(gasLimit), ...fees, ...(to === null ? {} : { to }) }
}

type Answer = readonly {
  readonly calls: readonly {
    readonly status: string
    readonly gasUsed: string
    readonly returnData: string
    readonly error?: { readonly data?: string }
  }[]
}[]

/**
 * Runs a call as the block it is meant for would, on the head's state and behind the raw transactions `before` it. Checked
 * as a block checks: anvil takes the base fee for nothing where it is not, and the executor would count its gas too low.
 * What a block would not take at all (a fee below the base fee, an empty account) a node refuses: nothing is known.
 */
export const simulate = (
  request: Request,
  call: SimulatedCall,
  block: Block,
  before: readonly Hex[] = [],
): Promise<Simulation> =>
  simulated(request, call, block, before, { on: 'latest', baseFee: block.baseFee, isChecked: true })

export async function simulated(
  request: Request,
  { from, to, data, gasLimit, maxFee, priorityFee }: SimulatedCall,
  block: Block,
  before: readonly Hex[],
  { on, baseFee, isChecked, beneficiary, stateOverrides }: Setting,
): Promise<Simulation> {
  const fees = { maxFeePerGas: hex(maxFee), maxPriorityFeePerGas: hex(priorityFee) }
  const calls = [...before.map(callOf), { from, to, data, gas: hex(gasLimit), ...fees }]
  const blockOverrides = {
    ...{ number: hex(block.number), time: hex(block.timestamp), baseFeePerGas: hex(baseFee) },
    ...(beneficiary === undefined ? {} : { feeRecipient: beneficiary }),
  }
  const whole = { blockOverrides, calls, ...(stateOverrides === undefined ? {} : { stateOverrides }) }
  try {
    const asked = { blockStateCalls: [whole], validation: isChecked }
    const answer = (await request('eth_simulateV1', [asked, on])) as Answer
    const result = answer[0]?.calls[before.length]
    if (result === undefined) return { status: 'unknown', why: 'the node answered no result' }
    const gasUsed = Number(result.gasUsed)
    if (result.status === '0x1') return { status: 'success', gasUsed }
    return { status: 'reverts', data: (result.error?.data ?? result.returnData) as Hex, gasUsed }
  } catch (error) {
    if (error instanceof KeeperError) return { status: 'unknown', why: error.message }
    throw error
  }
}
