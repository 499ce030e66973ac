import type { Address, Hex } from '#core/address.ts'
import { isKeeperError } from '#core/error.ts'

export type Found = { readonly hash: Hex; readonly to: string | null; readonly blockNumber: string }
type RawTransaction = Found & { readonly from: string; readonly nonce: string }
type Where = {
  readonly lane: Address
  readonly nonce: number
  readonly executor: Address
  /** The nonce was free at the first, and is used at the last. */
  readonly fromBlock: number
  readonly toBlock: number
}
type Request = (method: string, params: readonly unknown[]) => Promise<unknown>
const hex = (number: number): Hex => `0x${number.toString(16)}`

/**
 * The transaction that used a nonce. What succeeded is among the executor's own logs, which every node has; what reverted
 * left none, so the block is sought in which the count of the lane's transactions rises. `null` where the node no
 * longer has that state, or it was not ours to begin with.
 */
export async function findByNonce(request: Request, where: Where): Promise<Found | null> {
  const { lane, nonce, executor, fromBlock, toBlock } = where
  const isIt = (one: RawTransaction | null): one is RawTransaction =>
    one !== null && one.from.toLowerCase() === lane && Number(one.nonce) === nonce
  const filter = { address: executor, fromBlock: hex(fromBlock), toBlock: hex(toBlock) }
  const logs = (await request('eth_getLogs', [filter])) as readonly { readonly transactionHash: Hex }[]
  for (const hash of new Set(logs.map(({ transactionHash }) => transactionHash))) {
    const one = (await request('eth_getTransactionByHash', [hash])) as RawTransaction | null
    if (isIt(one)) return one
  }
  try {
    const number = await firstUse(request, where)
    const block = (await request('eth_getBlockByNumber', [hex(number), true])) as {
      readonly transactions: readonly RawTransaction[]
    } | null
    return block?.transactions.find(isIt) ?? null
  } catch (error) {
    if (isKeeperError(error, 'rpc-refused') && !error.retryable) return null
    throw error
  }
}

/** The first block after which the nonce is used, by halving. */
async function firstUse(request: Request, { lane, nonce, fromBlock, toBlock }: Where): Promise<number> {
  let [free, used] = [fromBlock - 1, toBlock]
  while (used - free > 1) {
    const middle = Math.floor((free + used) / 2)
    const count = Number(await request('eth_getTransactionCount', [lane, hex(middle)]))
    if (count > nonce) used = middle
    else free = middle
  }
  return used
}
