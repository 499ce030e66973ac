import type { Hex } from '#core/address.ts'
import type { Block, Log, LogFilter } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import { decodeLog, type RawLog } from './log.ts'
import type { Rpc } from './rpc.ts'
import { filterOf } from './view.ts'

/**
 * A block's logs that match, and perhaps others, in their order.
 * @throws `bad-answer` (retryable): a block that was just reorganised away is asked for again, from the new head.
 */
export async function blockLogs(
  rpc: Rpc,
  hash: Hex,
  block: Block,
  filters: readonly LogFilter[],
): Promise<readonly Log[]> {
  const answers = await rpc.batch(
    filters.map((filter) => ({ method: 'eth_getLogs', params: [{ blockHash: hash, ...filterOf(filter) }] })),
  )
  const byIndex = new Map<string, RawLog>()
  for (const answer of answers) {
    if (answer instanceof KeeperError)
      throw new KeeperError('bad-answer', `logs of block ${block.number}: ${answer.message}`, {
        retryable: true,
        cause: answer,
      })
    if (!Array.isArray(answer))
      throw new KeeperError('bad-answer', `logs of block ${block.number} are missing`, { retryable: true })
    for (const log of answer as RawLog[]) {
      // Of another block: a node that mixes them up, and what it leaves out then is not known.
      if (log.blockHash !== undefined && log.blockHash !== hash)
        throw new KeeperError('bad-answer', `logs of block ${block.number} are another's`, { retryable: true })
      byIndex.set(log.logIndex, log)
    }
  }
  return [...byIndex.values()].map((log) => decodeLog(log, block)).sort((a, b) => a.logIndex - b.logIndex)
}
