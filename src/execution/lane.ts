import PQueue from 'p-queue'
import type { Address } from '#core/address.ts'
import { type Wei, wei } from '#core/numbers.ts'
import type { Signer } from '#core/signer.ts'

/**
 * One key, one nonce sequence, one queue. A lane carries one attempt at a time, so that nothing ever waits behind a
 * nonce; its queue orders what wants to use it, and maintenance goes last.
 */
export interface Lane {
  readonly name: string
  readonly address: Address
  readonly signer: Signer
  readonly queue: PQueue
  nonce: number
  balance: Wei
  /** Plan whose fate is open: its nonce is reserved until the chain decides. */
  busyWith: string | null
}

export function createLane(signer: Signer): Lane {
  const { address } = signer
  return {
    name: address,
    address,
    signer,
    queue: new PQueue({ concurrency: 1 }),
    nonce: 0,
    balance: wei(0n),
    busyWith: null,
  }
}

/** What it holds, and its nonce where it rests. @returns transactions of it on the chain. @throws as `request` does. */
export async function readFunds(
  lane: Lane,
  request: (method: string, params: readonly unknown[]) => Promise<unknown>,
): Promise<number> {
  const { nonce, busyWith } = lane
  lane.balance = wei(BigInt((await request('eth_getBalance', [lane.address, 'latest'])) as string))
  const count = Number(await request('eth_getTransactionCount', [lane.address, 'latest']))
  if (busyWith === null && lane.busyWith === null && lane.nonce === nonce) lane.nonce = Math.max(nonce, count)
  return count
}

/** What an attempt may cost at most must lie in the lane's account, or the node refuses it. */
export const affords = (lane: Lane, gasLimit: number, maxFee: Wei): boolean => lane.balance >= BigInt(gasLimit) * maxFee

/** The base fee up to which the lane can still pay for `gasLimit`. */
export const highestAffordableBaseFee = (lane: Lane, gasLimit: number): Wei => wei(lane.balance / BigInt(gasLimit))
