import { inTurn } from '../chain/in-turn.ts'
import type { Config } from '../config/config.ts'
import type { Pass } from '../recording/record-range.ts'
import type { RecordingHead } from '../recording/recording.ts'
import { backtestOf } from './backtest-of.ts'
import { forked } from './forked.ts'

/**
 * A backtest of the range: what it asks, and the proofs of what it would have done, is what a replay needs to know.
 * Who asks something else of the recording later is told what it does not hold. In turn, so that two recordings of one
 * range are the same to the digest. `isForked`: what a fork asks is recorded instead of what it answers.
 */
export const gather =
  (config: Config, { from, to, chunkBlocks }: RecordingHead, isForked = false): Pass =>
  async (rpc, progress) => {
    const node = inTurn(rpc)
    const standing = await forked(node, config.chain.id, isForked)
    try {
      await backtestOf(config, { rpc: standing, range: { from, to }, chunkBlocks, progress })
    } finally {
      if (standing !== node) standing.close()
    }
  }
