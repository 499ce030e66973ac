import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { type Parsed, tipAt } from './parsed.ts'

/** The block that is being built, or imagined. */
export type BlockShape = {
  readonly number: number
  readonly timestamp: number
  readonly baseFee: bigint
  readonly coinbase: Address
}
export type Result = {
  readonly hash: Hex
  readonly ok: boolean
  readonly gasUsed: bigint
  readonly returnData: Hex
  /** What it sent to the coinbase itself, and what it paid by its priority fee: wei. */
  readonly sent: bigint
  readonly fees: bigint
}

const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'
/** Where `eth_simulateV1` reports plain transfers of the chain's currency. */
const nativeTransfers = '0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee'
const hexOf = (value: bigint | number): Hex => `0x${value.toString(16)}`

/** Runs the transactions in order on `state`, in one block, without touching the chain. */
export async function simulateInOrder(
  rpc: Rpc,
  block: BlockShape,
  transactions: readonly Parsed[],
  state: string = 'latest',
): Promise<readonly Result[]> {
  if (transactions.length === 0) return []
  const blockOverrides = {
    number: hexOf(block.number),
    time: hexOf(block.timestamp),
    baseFeePerGas: hexOf(block.baseFee),
    feeRecipient: block.coinbase,
  }
  const calls = transactions.map((one) => ({
    from: one.from,
    ...(one.to === null ? {} : { to: one.to }),
    data: one.data,
    value: hexOf(one.value),
    gas: hexOf(one.gas),
    nonce: hexOf(one.nonce),
    maxFeePerGas: hexOf(one.maxFee),
    maxPriorityFeePerGas: hexOf(one.maxTip),
    accessList: one.accessList,
  }))
  const answer = (await rpc.request('eth_simulateV1', [
    { blockStateCalls: [{ blockOverrides, calls }], traceTransfers: true, validation: true },
    state,
  ])) as readonly { readonly calls: readonly SimulatedCall[] }[]
  return transactions.map((one, index) => {
    const call = answer[0]?.calls[index]
    if (call === undefined) throw new KeeperError('bad-answer', 'eth_simulateV1 left a transaction out')
    return resultOf(one, call, block)
  })
}

type SimulatedCall = {
  readonly status: string
  readonly gasUsed: string
  readonly returnData: Hex
  readonly logs?: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[]
  readonly error?: { readonly data?: Hex }
}

function resultOf(one: Parsed, call: SimulatedCall, block: BlockShape): Result {
  const gasUsed = BigInt(call.gasUsed)
  const coinbaseWord = block.coinbase.slice(2)
  const sent = (call.logs ?? [])
    .filter(({ address, topics }) => address === nativeTransfers && topics[0] === transferTopic)
    .filter(({ topics }) => topics[2]?.endsWith(coinbaseWord) === true)
    .reduce((sum, { data }) => sum + BigInt(data), 0n)
  const returnData = call.error?.data ?? call.returnData
  return {
    hash: one.hash,
    ok: call.status === '0x1',
    gasUsed,
    returnData,
    sent,
    fees: gasUsed * tipAt(one, block.baseFee),
  }
}
