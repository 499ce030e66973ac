import type { Log, LogFilter } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import { type HeadEvent, headOf } from '../chain/heads.ts'
import { decodeLog, type RawLog } from '../chain/log.ts'
import { mergeFilters } from '../chain/merge-filters.ts'
import { RefusedError, type Rpc } from '../chain/rpc.ts'
import { blockOf, filterOf, quantity, type RawBlock } from '../chain/view.ts'

/** Blocks that are over, with their logs: read in pages, for a node counts requests and not blocks. */
export interface PastBlocks {
  /** The block of that number, with logs that match, and perhaps others beside them. */
  readonly block: (number: number, filters: readonly LogFilter[]) => Promise<HeadEvent>
}

/** Blocks of logs asked for at once; fewer where the node refuses so many. */
const pageMost = 2_000

type Page = { readonly from: number; readonly to: number; readonly key: string; readonly logs: Map<number, RawLog[]> }

/** Up to and with the block `last`. @throws `rpc-refused`, `bad-answer`, `not-found` where the node lacks a block. */
export function pastBlocks(rpc: Rpc, last: number): PastBlocks {
  let size = pageMost
  let page: Page | null = null
  let headers: { readonly from: number; readonly blocks: readonly RawBlock[] } = { from: 0, blocks: [] }

  const readPage = async (from: number, filters: readonly LogFilter[], key: string): Promise<Page> => {
    for (;;) {
      const to = Math.min(last, from + size - 1)
      try {
        return { from, to, key, logs: byBlock(await logsBetween(rpc, filters, from, to)) }
      } catch (error) {
        if (!(error instanceof RefusedError) || size === 1) throw error
        size = Math.ceil(size / 4)
      }
    }
  }
  /** No further ahead than the logs: where a node gives few of these at once, its chain may end soon. */
  const header = async (number: number, to: number): Promise<RawBlock> => {
    const known = headers.blocks[number - headers.from]
    if (known !== undefined) return known
    headers = { from: number, blocks: await headersFrom(rpc, number, Math.min(to, number + headersEach - 1)) }
    return headers.blocks[0] as RawBlock
  }

  return {
    block: async (number, filters) => {
      const merged = mergeFilters(filters)
      const key = JSON.stringify(merged)
      if (page === null || page.key !== key || number < page.from || number > page.to)
        page = await readPage(number, merged, key)
      const raw = await header(number, page.to)
      return headOf(raw, logsOf(raw, page.logs.get(number) ?? []))
    },
  }
}

const headersEach = 200

async function headersFrom(rpc: Rpc, from: number, to: number): Promise<readonly RawBlock[]> {
  const asks = Array.from({ length: to - from + 1 }, (_, at) => ({
    method: 'eth_getBlockByNumber',
    params: [quantity(from + at), false],
  }))
  const answers = await rpc.batch(asks)
  return answers.map((answer, at) => {
    if (answer instanceof KeeperError) throw answer
    if (answer === null)
      throw new KeeperError('not-found', `the node has no block ${from + at}: choose a range that lies behind its head`)
    return answer as RawBlock
  })
}

async function logsBetween(
  rpc: Rpc,
  filters: readonly LogFilter[],
  from: number,
  to: number,
): Promise<readonly RawLog[]> {
  const range = { fromBlock: quantity(from), toBlock: quantity(to) }
  const asks = filters.map((filter) => ({ method: 'eth_getLogs', params: [{ ...filterOf(filter), ...range }] }))
  const found = new Map<string, RawLog>()
  for (const answer of await rpc.batch(asks)) {
    if (answer instanceof KeeperError) throw answer
    if (!Array.isArray(answer)) throw new KeeperError('bad-answer', `logs of blocks ${from} to ${to} are missing`)
    for (const log of answer as RawLog[]) found.set(`${log.blockNumber}/${log.logIndex}`, log)
  }
  return [...found.values()]
}

function byBlock(logs: readonly RawLog[]): Map<number, RawLog[]> {
  const all = new Map<number, RawLog[]>()
  for (const log of logs) {
    const number = Number(log.blockNumber)
    const some = all.get(number) ?? []
    all.set(number, some)
    some.push(log)
  }
  return all
}

/** @throws `bad-answer` where a log is of another block than its header. */
function logsOf(raw: RawBlock, logs: readonly RawLog[]): readonly Log[] {
  const block = blockOf(raw)
  return logs
    .map((log) => {
      if (log.blockHash !== raw.hash)
        throw new KeeperError('bad-answer', `log ${log.logIndex} of block ${block.number} names another block's hash`)
      return decodeLog(log, block)
    })
    .sort((a, b) => a.logIndex - b.logIndex)
}
