import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../chain/rpc.ts'
import { transactionGasLimit } from '../execution/sign.ts'
import type { ChunkOutput } from './chunk-output.ts'
import type { Setup } from './history-keeper.ts'
import type { Range } from './history-world.ts'
import { play, type Rules } from './ledger.ts'
import { type Report, reportOf } from './report.ts'
import { runChunk } from './run-chunk.ts'

export type BacktestParts = {
  readonly rpc: Rpc
  readonly range: Range
  readonly setup: Setup
  readonly lanes: number
  /** Blocks that begin with a book of their own. The same for the same answer. */
  readonly chunkBlocks: number
  readonly poolRestBlocks: number
  readonly progress?: (block: number, chunk: number) => void
}

export const chunkBlocksUsual = 5_000
export const poolRestBlocksUsual = 2

/** Cut in chunks that are independent of each other, in their order. */
export function chunksOf({ from, to }: Range, blocks: number): readonly Range[] {
  if (!(from >= 1 && to >= from))
    throw new KeeperError(
      'bad-argument',
      `blocks ${from} to ${to}: the first must be 1 or more, and the last not before it`,
    )
  const all: Range[] = []
  for (let at = from; at <= to; at += blocks) all.push({ from: at, to: Math.min(to, at + blocks - 1) })
  return all
}

/** What a keeper would have earned in blocks that are over, what it would have missed, and why. */
export async function backtest(parts: BacktestParts): Promise<Report> {
  const { rpc, range, setup, chunkBlocks, progress } = parts
  const chunks: ChunkOutput[] = []
  for (const [at, chunk] of chunksOf(range, chunkBlocks).entries())
    chunks.push(await runChunk({ rpc, range: chunk, setup, progress: (block) => progress?.(block, at) }))
  return merged(parts, chunks)
}

/** The one answer of chunks in their order, whoever ran them. */
export function merged({ range, setup, lanes, poolRestBlocks }: BacktestParts, chunks: readonly ChunkOutput[]): Report {
  const rules = (more: Pick<Rules, 'tier'>): Rules => ({
    ...{ lanes, poolRestBlocks, gasLimit: transactionGasLimit, latencyBlocks: 0, proof: () => null },
    ...more,
  })
  return reportOf({
    ...{ range, chunks, chainId: setup.settings.execution.chainId },
    committed: play(chunks, rules({ tier: 'committed' })),
    hinted: play(chunks, rules({ tier: 'hinted' })),
  })
}
