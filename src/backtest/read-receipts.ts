import type { Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import { decodeLog, type RawLog } from '../chain/log.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { CallFrame, WinnerReceipt } from '../misses/winner-of.ts'
import type { WonReceipt } from './won-by.ts'

type RawReceipt = WinnerReceipt & {
  readonly transactionHash: string
  readonly transactionIndex: string
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
      raw,
      logs: raw.logs.map((log) => decodeLog(log, block)),
    }
  })
}

/** `null` where the node does not trace. */
export async function readTrace(rpc: Rpc, hash: Hex): Promise<CallFrame | null> {
  try {
    return (await rpc.request('debug_traceTransaction', [hash, { tracer: 'callTracer' }])) as CallFrame
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
