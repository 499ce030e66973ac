import type { Block } from '#core/block.ts'
import { wei } from '#core/numbers.ts'
import type { ExecutionParts } from './execution-parts.ts'
import type { Lane } from './lane.ts'
import { signTransaction } from './sign-transaction.ts'

/** Blocks beyond its last one after which a public transaction's nonce is taken back, and again as many later. */
const blocksLate = 3
const doublingsMax = 8

/**
 * After its last block a public transaction can only revert, or lie forgotten while its lane waits: an empty one of the
 * same nonce takes its place. Nodes want a tenth more of both fees for that; each further one offers twice the last.
 * @returns what was done, in words; `null` where it is not time.
 */
export async function takeBack(
  { settings, send, against }: Pick<ExecutionParts, 'settings' | 'send' | 'against'>,
  lane: Lane,
  { nonce, lastBlock }: { readonly nonce: number; readonly lastBlock: number },
  { number, baseFee }: Block,
): Promise<string | null> {
  const late = number - lastBlock
  if (late < blocksLate || late % blocksLate !== 0 || against() !== null) return null
  const times = late / blocksLate
  const priorityFee = (settings.priorityFee + 1_000_000n) * 2n ** BigInt(Math.min(times, doublingsMax))
  const { raw, hash } = signTransaction(lane.signer, {
    chainId: settings.chainId,
    nonce,
    to: lane.address,
    data: '0x',
    gasLimit: 21_000,
    maxFee: wei(baseFee * 2n * BigInt(times) + priorityFee),
    priorityFee: wei(priorityFee),
  })
  const transactions = [{ raw, hash, block: number + 1, before: [] }]
  const { answer } = await send({ via: 'public', transactions, lane: lane.name, nonce })
  return `too late for it: its nonce is taken back by ${hash} (${answer})`
}
