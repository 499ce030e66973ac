import type { RawReceipt } from './actuals.ts'
import type { Attempt, Attempts } from './attempts.ts'
import type { Lane } from './lane.ts'

/**
 * What was given up and is on the chain all the same. A builder may include what reverts, a node may leave out a log,
 * and neither is told by a block's logs: but it has used its nonce. @throws as `request` does.
 */
export async function landedUntold(
  attempts: Attempts,
  lane: Lane,
  count: number,
  request: (method: string, params: readonly unknown[]) => Promise<unknown>,
): Promise<readonly { readonly attempt: Attempt; readonly receipt: RawReceipt }[]> {
  const found: { attempt: Attempt; receipt: RawReceipt }[] = []
  for (const attempt of attempts.unexplained(lane, count)) {
    const receipt = (await request('eth_getTransactionReceipt', [attempt.intent.hash])) as RawReceipt | null
    attempt.asked += 1
    if (receipt !== null && attempt.includedIn === null) found.push({ attempt, receipt })
  }
  return found
}
