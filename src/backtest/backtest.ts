import type { Asset } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { transactionGasLimit } from '../execution/sign.ts'
import { assetsIn } from './assets-in.ts'
import type { ChunkOutput, Tier } from './chunk-output.ts'
import { force } from './force.ts'
import type { Hands } from './hands.ts'
import type { Range } from './history-world.ts'
import { type Ledger, play, type Rules } from './ledger.ts'
import { type OwnParts, ownHands } from './own-hands.ts'
import { proveAll } from './prove-all.ts'
import { type Report, reportOf, type Tokens } from './report.ts'
import { sensitivityOf } from './sensitivity.ts'

export type BacktestParts = OwnParts & {
  readonly range: Range
  readonly lanes: number
  /** Blocks that begin with a book of their own. The same for the same answer. */
  readonly chunkBlocks: number
  /** For so many blocks after our swap a pool counts as spent. */
  readonly poolRestBlocks: number
  /** What tokens call themselves, by their address; left out, nobody is asked. */
  readonly tokens?: (of: readonly Asset[]) => Promise<Tokens>
  /** Who runs chunks and proofs; left out, this process does. */
  readonly hands?: Hands
}

export const chunkBlocksUsual = 5_000
export const poolRestBlocksUsual = 2

/** @throws `bad-argument` where it holds no block. */
export function checkRange({ from, to }: Range): void {
  if (from >= 1 && to >= from) return
  throw new KeeperError(
    'bad-argument',
    `blocks ${from} to ${to}: the first must be 1 or more, and the last not before it`,
  )
}

/** Cut in chunks that are independent of each other, in their order. @throws as `checkRange`. */
export function chunksOf({ from, to }: Range, blocks: number): readonly Range[] {
  checkRange({ from, to })
  const all: Range[] = []
  for (let at = from; at <= to; at += blocks) all.push({ from: at, to: Math.min(to, at + blocks - 1) })
  return all
}

/** What a keeper would have earned in blocks that are over, what it would have missed, and why. */
export async function backtest(parts: BacktestParts): Promise<Report> {
  const { hands = ownHands(parts) } = parts
  const chunks = await hands.runChunks(chunksOf(parts.range, parts.chunkBlocks), parts.proving !== null)
  return merged({ ...parts, hands }, chunks)
}

/** The one answer of chunks in their order, whoever ran them. */
export async function merged(parts: BacktestParts, chunks: readonly ChunkOutput[]): Promise<Report> {
  const { range, setup, lanes, poolRestBlocks, proving, hands = ownHands(parts) } = parts
  const rules: Omit<Rules, 'tier' | 'proof'> = {
    ...{ lanes, poolRestBlocks, gasLimit: transactionGasLimit, latencyBlocks: 0 },
  }
  const playTier = (tier: Tier, proof: Rules['proof']): Ledger => play(chunks, { ...rules, tier, proof })
  const both = (proof: Rules['proof']): readonly [Ledger, Ledger] => [
    playTier('committed', proof),
    playTier('hinted', proof),
  ]
  const proofs = proving === null ? null : await proveAll(both, (acts) => hands.prove(acts, range.from))
  const forced = proving === null ? [] : await force(chunks, (acts) => hands.prove(acts, range.from))
  const [committed, hinted] = both(proofs?.of ?? (() => null))
  const { chainId, minimumNet, via, tipShareBps } = setup.settings.execution
  const sensitivity = sensitivityOf(
    chunks,
    { ...rules, tier: 'committed', proof: () => null },
    { minimumNet, tipShareBps: via === 'bundle' ? tipShareBps : 0n },
  )
  return reportOf({
    ...{ range, chunks, chainId, committed, hinted, sensitivity, forced },
    tokens: (await parts.tokens?.(assetsIn(chunks))) ?? {},
    proofs: proofs?.count() ?? null,
  })
}
