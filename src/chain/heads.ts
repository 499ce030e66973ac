import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from '#core/address.ts'
import type { Block, Log, LogFilter } from '#core/block.ts'
import { isKeeperError, KeeperError } from '#core/error.ts'
import { decodeLog, type RawLog } from './log.ts'
import { mergeFilters } from './merge-filters.ts'
import type { Rpc } from './rpc.ts'
import { blockOf, filterOf, quantity, type RawBlock } from './view.ts'

export type HeadEvent = {
  readonly hash: Hex
  readonly block: Block
  readonly gasUsed: bigint
  readonly gasLimit: bigint
  readonly logs: readonly Log[]
}

export type HeadOptions = {
  readonly rpc: Rpc
  /** Asked anew for every block: what is watched grows. Logs that match are given, and others beside them may be. */
  readonly filters: () => readonly LogFilter[]
  /** The block the book stands at; heads follow from there. */
  readonly from: { readonly hash: Hex; readonly number: number }
  readonly pollMs: number
  /** How far back a reorg may reach. */
  readonly depth: number
  readonly signal: AbortSignal
  /** A fault that passes; the node is asked again. */
  readonly onFault: (error: KeeperError) => void
  /** Told before each head how many newer ones are known already. */
  readonly onAhead?: (count: number) => void
}

/**
 * Every block from `from` on, in order, with the logs that match. After a reorg the new branch's blocks are given from
 * the fork on: their first one's parent is then not the block given last. Nothing is skipped: a gap is healed block by
 * block, and an outage only makes heads late. Where the chain forks below all that was given, only its newest block is
 * given: the reader does not know its parent either, and has to read everything anew.
 */
export async function* followHeads(options: HeadOptions): AsyncGenerator<HeadEvent, void, undefined> {
  const { rpc, pollMs, depth, signal, onFault } = options
  let given: { readonly hash: Hex; readonly number: number }[] = [options.from]
  let waitMs = pollMs
  while (!signal.aborted) {
    try {
      const latest = blockIn(await rpc.request('eth_getBlockByNumber', ['latest', false]), 'the newest block')
      const path = await pathTo(rpc, latest, given)
      for (const [at, raw] of path.entries()) {
        const head = await withLogs(rpc, raw, mergeFilters(options.filters()))
        given = [
          ...given.filter((one) => one.number < head.block.number),
          { hash: head.hash, number: head.block.number },
        ].slice(-depth - 1)
        options.onAhead?.(path.length - 1 - at)
        yield head
        if (signal.aborted) return
      }
      waitMs = pollMs
    } catch (error) {
      // What a node refuses, it may answer in a second, or another behind its address may: who is blind says so, and lives.
      if (!isKeeperError(error) || !(error.retryable || error.code === 'rpc-refused')) throw error
      onFault(error)
      waitMs = Math.min(waitMs * 2, 5_000)
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Blocks that are healed one by one; after a longer sleep it is cheaper to read everything anew. */
const gapMax = 5_000

/**
 * Only where the node still has the block given last on its chain: another chain's head, from a node mixed up behind the
 * same address, would else have us read that chain.
 */
async function farAhead(rpc: Rpc, latest: RawBlock, tip: { readonly hash: Hex; readonly number: number }) {
  const ours = (await rpc.request('eth_getBlockByNumber', [quantity(tip.number), false])) as RawBlock | null
  if (ours?.hash === tip.hash) return latest
  const what = `the node answers block ${Number(latest.number)} of a chain without block ${tip.number} as it was`
  throw new KeeperError('bad-answer', `${what}: ask a node of one chain only`, { retryable: true })
}

/** Blocks not yet given that lead to `latest`, oldest first. */
async function pathTo(
  rpc: Rpc,
  latest: RawBlock,
  given: readonly { readonly hash: Hex; readonly number: number }[],
): Promise<readonly RawBlock[]> {
  const known = new Set<string>(given.map((one) => one.hash))
  const tip = given.at(-1)
  if (tip === undefined || known.has(latest.hash)) return []
  const path: RawBlock[] = [latest]
  const first = (): RawBlock => path[0] ?? latest
  if (Number(latest.number) - tip.number > gapMax) return [await farAhead(rpc, latest, tip)]
  if (Number(first().number) > tip.number + 1)
    path.unshift(...(await byNumber(rpc, tip.number + 1, Number(latest.number) - 1)))
  for (let at = 1; at < path.length; at += 1) {
    if (path[at]?.parentHash !== path[at - 1]?.hash)
      throw new KeeperError('bad-answer', 'the chain moved while a gap was healed', { retryable: true })
  }
  while (!known.has(first().parentHash)) {
    if (Number(first().number) <= (given[0]?.number ?? 0)) return [latest]
    const { parentHash } = first()
    path.unshift(blockIn(await rpc.request('eth_getBlockByHash', [parentHash, false]), `block ${parentHash}`))
  }
  return path
}

async function byNumber(rpc: Rpc, from: number, to: number): Promise<readonly RawBlock[]> {
  const asks = Array.from({ length: to - from + 1 }, (_, at) => ({
    method: 'eth_getBlockByNumber',
    params: [quantity(from + at), false],
  }))
  const answers = await rpc.batch(asks)
  return answers.map((answer) => {
    if (answer instanceof KeeperError) throw answer
    return blockIn(answer, 'a block below the head')
  })
}

/** A node that has just come up, or one of several that lags, answers nothing: it is asked again. */
function blockIn(answer: unknown, what: string): RawBlock {
  const { hash, parentHash, number } = (answer ?? {}) as Partial<RawBlock>
  if (typeof hash !== 'string' || typeof parentHash !== 'string' || typeof number !== 'string')
    throw new KeeperError('bad-answer', `${what} is missing: the node may be behind`, { retryable: true })
  return answer as RawBlock
}

async function withLogs(rpc: Rpc, raw: RawBlock, filters: readonly LogFilter[]): Promise<HeadEvent> {
  const block = blockOf(raw)
  const answers = await rpc.batch(
    filters.map((filter) => ({ method: 'eth_getLogs', params: [{ blockHash: raw.hash, ...filterOf(filter) }] })),
  )
  const byIndex = new Map<string, RawLog>()
  for (const answer of answers) {
    // A block that was just reorganised away is asked for again, from the new head.
    if (answer instanceof KeeperError)
      throw new KeeperError('bad-answer', `logs of block ${block.number}: ${answer.message}`, {
        retryable: true,
        cause: answer,
      })
    if (!Array.isArray(answer))
      throw new KeeperError('bad-answer', `logs of block ${block.number} are missing`, { retryable: true })
    for (const log of answer as RawLog[]) {
      // Of another block: a node that mixes them up, and what it leaves out then is not known.
      if (log.blockHash !== undefined && log.blockHash !== raw.hash)
        throw new KeeperError('bad-answer', `logs of block ${block.number} are another's`, { retryable: true })
      byIndex.set(log.logIndex, log)
    }
  }
  const logs = [...byIndex.values()].map((log) => decodeLog(log, block)).sort((a, b) => a.logIndex - b.logIndex)
  return { hash: raw.hash as Hex, block, gasUsed: BigInt(raw.gasUsed), gasLimit: BigInt(raw.gasLimit), logs }
}
