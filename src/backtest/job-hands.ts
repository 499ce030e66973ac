import { hash as digestOf } from 'node:crypto'
import { fromText, toText } from '#core/plain.ts'
import { collect } from '../jobs/collect.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { ChunkOutput } from './chunk-output.ts'
import type { Hands } from './hands.ts'
import type { Proof } from './proof.ts'
import type { Head, Task } from './task.ts'

export type JobHandsParts = {
  readonly jobs: Jobs
  /** A digest of what a result depends on beside the task: configuration, code, what is read from. */
  readonly work: string
  readonly head: Head
  readonly progress?: (what: string, done: number, total: number) => void
}

/**
 * Whoever takes the jobs. A job is named by all its result depends on: begun again after a crash, what was finished is
 * found and not done twice.
 */
export function jobHands({ jobs, work, head, progress }: JobHandsParts): Hands {
  const all = async (what: string, tasks: readonly Task[]): Promise<readonly unknown[]> => {
    const bodies = tasks.map(toText)
    const wanted = bodies.map((body) => ({ id: digestOf('sha256', `${work} ${body}`), body }))
    const results = await collect(jobs, wanted, (done) => progress?.(what, done, wanted.length))
    return results.map(fromText)
  }
  return {
    runChunks: async (ranges, isMeasured) =>
      (await all(
        'chunks',
        ranges.map((range) => ({ head, kind: 'chunk', range, isMeasured })),
      )) as readonly ChunkOutput[],
    prove: async (acts, first) =>
      (await all(
        'proofs',
        acts.map((act) => ({ head, kind: 'proof', act, first })),
      )) as readonly (Proof | null)[],
  }
}
