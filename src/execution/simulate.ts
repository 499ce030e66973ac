import { Transaction } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'

export type Simulation =
  | { readonly status: 'success'; readonly gasUsed: number }
  | { readonly status: 'reverts'; readonly data: Hex; readonly gasUsed: number }
  /** The node has no `eth_simulateV1`, or did not answer: nothing is known. */
  | { readonly status: 'unknown'; readonly why: string }

const hex = (n: number | bigint): Hex => `0x${n.toString(16)}`

/** What somebody else signed, as a call; its fees and nonce are the chain's business. */
function callOf(raw: Hex): object {
  const { from, to, data, value, gasLimit } = Transaction.from(raw)
  return { from, data, value: hex(value), gas: hex(gasLimit), ...(to === null ? {} : { to }) }
}

type Request = (method: string, params: readonly unknown[]) => Promise<unknown>
type Answer = readonly {
  readonly calls: readonly {
    readonly status: string
    readonly gasUsed: string
    readonly returnData: string
    readonly error?: { readonly data?: string }
  }[]
}[]

/** Runs a call as the block it is meant for would, on the head's state and behind the raw transactions `before` it. */
export async function simulate(
  request: Request,
  call: {
    readonly from: Address
    readonly to: Address
    readonly data: Hex
    readonly gasLimit: number
    readonly maxFee: bigint
    readonly priorityFee: bigint
  },
  block: Block,
  before: readonly Hex[] = [],
): Promise<Simulation> {
  const transaction = {
    from: call.from,
    to: call.to,
    data: call.data,
    gas: hex(call.gasLimit),
    maxFeePerGas: hex(call.maxFee),
    maxPriorityFeePerGas: hex(call.priorityFee),
  }
  const blockOverrides = { number: hex(block.number), time: hex(block.timestamp), baseFeePerGas: hex(block.baseFee) }
  try {
    const calls = [...before.map(callOf), transaction]
    const answer = (await request('eth_simulateV1', [
      { blockStateCalls: [{ blockOverrides, calls }] },
      'latest',
    ])) as Answer
    const result = answer[0]?.calls[before.length]
    if (result === undefined) return { status: 'unknown', why: 'the node answered no result' }
    if (result.status === '0x1') return { status: 'success', gasUsed: Number(result.gasUsed) }
    return {
      status: 'reverts',
      data: (result.error?.data ?? result.returnData) as Hex,
      gasUsed: Number(result.gasUsed),
    }
  } catch (error) {
    if (error instanceof KeeperError) return { status: 'unknown', why: error.message }
    throw error
  }
}
