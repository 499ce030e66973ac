import type { Address, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import { type Wei, wei } from '#core/numbers.ts'
import { decodeLog, type RawLog } from '../chain/log.ts'
import type { Rpc } from '../chain/rpc.ts'
import { type CallFrame, paidTo, type WonReceipt } from './winner-of.ts'

type RawReceipt = {
  readonly transactionHash: string
  readonly transactionIndex: string
  readonly from: string
  readonly to: string | null
  readonly gasUsed: string
  readonly effectiveGasPrice: string
  readonly logs: readonly RawLog[]
}

/** @throws `bad-answer` where the node that told of a block lacks one of its receipts. */
export async function readReceipts(rpc: Rpc, hashes: readonly Hex[], block: Block): Promise<readonly WonReceipt[]> {
  const answers = await rpc.batch(hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })))
  return answers.map((answer, at) => {
    if (answer instanceof KeeperError) throw answer
    if (answer === null) throw new KeeperError('bad-answer', `the receipt of ${hashes[at]} is missing`)
    const raw = answer as RawReceipt
    return {
      transactionHash: raw.transactionHash as Hex,
      transactionIndex: Number(raw.transactionIndex),
      from: raw.from.toLowerCase() as Address,
      to: raw.to === null ? null : (raw.to.toLowerCase() as Address),
      gasUsed: Number(raw.gasUsed),
      gasPrice: BigInt(raw.effectiveGasPrice),
      logs: raw.logs.map((log) => decodeLog(log, block)),
    }
  })
}

/** What calls of the transaction paid to the block's beneficiary; `null` where the node does not trace. */
export async function readPaid(rpc: Rpc, hash: Hex, beneficiary: Address): Promise<Wei | null> {
  try {
    const frame = await rpc.request('debug_traceTransaction', [hash, { tracer: 'callTracer' }])
    return wei(paidTo(frame as CallFrame, beneficiary))
  } catch (error) {
    if (error instanceof KeeperError) return null
    throw error
  }
}

/** Transactions of a block as they were signed, in its order; what the node cannot give so is left out. */
export async function readRaw(rpc: Rpc, hashes: readonly Hex[]): Promise<readonly Hex[]> {
  const answers = await rpc.batch(hashes.map((hash) => ({ method: 'eth_getRawTransactionByHash', params: [hash] })))
  return answers.flatMap((answer) => (typeof answer === 'string' && answer.length > 2 ? [answer as Hex] : []))
}
