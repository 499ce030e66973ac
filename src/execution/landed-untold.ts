import type { Hex } from '#core/address.ts'
import type { RawReceipt } from './actuals.ts'
import type { Attempt, Attempts } from './attempts.ts'
import { hashesOf, type Intent } from './intent.ts'
import type { Lane } from './lane.ts'

type Request = (method: string, params: readonly unknown[]) => Promise<unknown>

/** The receipt of whichever of its transactions is on the chain. @throws as `request` does. */
export async function receiptOf(intent: Intent, request: Request): Promise<RawReceipt | null> {
  for (const hash of hashesOf(intent)) {
    const receipt = (await request('eth_getTransactionReceipt', [hash])) as RawReceipt | null
    if (receipt !== null) return receipt
  }
  return null
}

/**
 * What was given up and is on the chain all the same. A builder may include what reverts, a node may leave out a log,
 * and neither is told by a block's logs: but it has used its nonce. @throws as `request` does.
 */
export async function landedUntold(
  attempts: Attempts,
  lane: Lane,
  count: number,
  request: Request,
): Promise<readonly { readonly attempt: Attempt; readonly receipt: RawReceipt }[]> {
  const found: { attempt: Attempt; receipt: RawReceipt }[] = []
  for (const attempt of attempts.unexplained(lane, count)) {
    const receipt = await receiptOf(attempt.intent, request)
    attempt.asked += 1
    if (receipt !== null && attempt.includedIn === null) found.push({ attempt, receipt })
  }
  return found
}

export const fateOf = ({ status }: RawReceipt): 'included' | 'reverted' => (status === '0x1' ? 'included' : 'reverted')
export const hashIn = (receipt: RawReceipt): Hex => receipt.transactionHash as Hex
