import type { Act, ChunkOutput } from './chunk-output.ts'
import type { Range } from './history-world.ts'
import type { Proof } from './proof.ts'

/** Whoever does the work of a backtest, here or elsewhere: what comes back is the same, and in the order asked. */
export type Hands = {
  /** `isMeasured`: what is left for want of known gas is run before it is left. */
  readonly runChunks: (ranges: readonly Range[], isMeasured: boolean) => Promise<readonly ChunkOutput[]>
  /** `first`: of the backtest. What has to be laid over the chain is as of the block before. `null`: not recorded. */
  readonly prove: (acts: readonly Act[], first: number) => Promise<readonly (Proof | null)[]>
}
