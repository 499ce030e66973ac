import { type Address, address } from '#core/address.ts'
import { isKeeperError, KeeperError } from '#core/error.ts'
import type { Rpc } from '../chain/rpc.ts'
import { transactionGasLimit } from '../execution/sign.ts'
import type { Act, ChunkOutput, Tier } from './chunk-output.ts'
import { force } from './force.ts'
import { assumedExecutor, type Setup } from './history-keeper.ts'
import type { Range } from './history-world.ts'
import { type Ledger, play, type Rules } from './ledger.ts'
import type { Proof } from './proof.ts'
import { prove } from './prove.ts'
import { proveAll } from './prove-all.ts'
import { type Report, reportOf } from './report.ts'
import { runChunk } from './run-chunk.ts'
import { sensitivityOf } from './sensitivity.ts'

export type BacktestParts = {
  readonly rpc: Rpc
  readonly range: Range
  readonly setup: Setup
  readonly lanes: number
  /** Blocks that begin with a book of their own. The same for the same answer. */
  readonly chunkBlocks: number
  /** For so many blocks after our swap a pool counts as spent. */
  readonly poolRestBlocks: number
  /** Whether acts are run on the chain's own state, and what they need laid over it. */
  readonly proving: { readonly rpc: Rpc; readonly overridesAt: OverridesAt } | null
  readonly progress?: (what: string, done: number, total: number) => void
}
/** What lets the operator execute at an address on a block's state. */
export type OverridesAt = (at: Address, operator: Address, block: number) => Promise<object>

export const chunkBlocksUsual = 5_000
export const poolRestBlocksUsual = 2
/** Who executes where acts are proven. Nobody has its key. */
const prover = address('0x00000000000000000000000000506c696d736f0f')

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
  const total = range.to - range.from + 1
  const chunks: ChunkOutput[] = []
  for (const chunk of chunksOf(range, chunkBlocks)) {
    const told = (block: number): void => progress?.('blocks', block - range.from + 1, total)
    chunks.push(await runChunk({ rpc, range: chunk, setup, onBlock: told }))
  }
  return merged(parts, chunks)
}

/** The one answer of chunks in their order, whoever ran them. */
export async function merged(parts: BacktestParts, chunks: readonly ChunkOutput[]): Promise<Report> {
  const { range, setup, lanes, poolRestBlocks, proving } = parts
  const rules: Omit<Rules, 'tier' | 'proof'> = {
    ...{ lanes, poolRestBlocks, gasLimit: transactionGasLimit, latencyBlocks: 0 },
  }
  const playTier = (tier: Tier, proof: Rules['proof']): Ledger => play(chunks, { ...rules, tier, proof })
  const both = (proof: Rules['proof']): readonly [Ledger, Ledger] => [
    playTier('committed', proof),
    playTier('hinted', proof),
  ]
  const asked = proving === null ? null : await proverOf(parts, proving)
  const proofs = asked === null ? null : await proveAll(both, asked)
  const forced = asked === null ? [] : await force(chunks, asked)
  const [committed, hinted] = both(proofs?.of ?? (() => null))
  const { chainId, minimumNet, via, tipShareBps } = setup.settings.execution
  const sensitivity = sensitivityOf(
    chunks,
    { ...rules, tier: 'committed', proof: () => null },
    { minimumNet, tipShareBps: via === 'bundle' ? tipShareBps : 0n },
  )
  return reportOf({
    ...{ range, chunks, chainId, committed, hinted, sensitivity, forced },
    proofs: proofs?.count() ?? null,
  })
}

async function proverOf(
  { range, setup, progress }: BacktestParts,
  { rpc, overridesAt }: NonNullable<BacktestParts['proving']>,
): Promise<(act: Act) => Promise<Proof | null>> {
  const { execution } = setup.settings
  const executor = execution.executor ?? assumedExecutor
  const overrides = await overridesAt(executor, prover, range.from - 1)
  const { priorityFee } = execution
  let count = 0
  return async (act) => {
    count += 1
    progress?.('proofs', count, count)
    return prove({ rpc, executor, operator: prover, overrides, priorityFee }, act).catch((error: unknown) => {
      // A recording proves what it was asked when it was made, and no more.
      if (isKeeperError(error, 'not-recorded')) return null
      throw error
    })
  }
}
