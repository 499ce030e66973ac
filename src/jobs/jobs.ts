import { type ErrorCode, isKeeperError, KeeperError } from '#core/error.ts'

/** Something to be done once, by whoever comes first. `id`: a digest of all that its result depends on. */
export type Job = { readonly id: string; readonly body: string }
/** Why it could not be done, as one process tells it to another. */
export type Failure = { readonly code: ErrorCode; readonly message: string; readonly retryable: boolean }
export type Settled = { readonly result: string } | { readonly failure: Failure }

/**
 * Work handed from one process to many. Whoever takes a job holds it for a while: a worker that dies, or stands still,
 * loses it, and another takes it. A result is stored once, whoever was first; one that differs from it is a failure.
 */
export interface Jobs {
  /** Adds what is not there yet. What failed before is open again; what is done stays done. */
  readonly put: (jobs: readonly Job[]) => Promise<void>
  /** The first job that nobody holds, now held by this worker; `null`: there is none. */
  readonly take: (worker: string) => Promise<Job | null>
  /** Holds it for as long again. @returns whether it was still held. */
  readonly renew: (id: string, worker: string) => Promise<boolean>
  readonly done: (id: string, result: string) => Promise<void>
  /** Lets it go undone. After too many tries, or where trying again cannot help, it has failed. */
  readonly giveBack: (id: string, worker: string, why: Failure) => Promise<void>
  /** Those of the jobs that are done or have failed. */
  readonly settled: (ids: readonly string[]) => Promise<ReadonlyMap<string, Settled>>
  /** Resolves when something was put, given back or settled, and after so many milliseconds in any case. */
  readonly change: (mostMs: number) => Promise<void>
  readonly close: () => Promise<void>
}
export type JobOptions = {
  /** How long a job is held without a sign of life. */
  readonly leaseMs?: number
  /** After so many takes a job that was never done has failed. */
  readonly triesMost?: number
}
export const jobPresets = { leaseMs: 30_000, triesMost: 8 } as const satisfies Required<JobOptions>

/** A fault without a code is one of ours: trying again does not mend it. */
export const failureOf = (error: unknown): Failure =>
  isKeeperError(error)
    ? { code: error.code, message: error.message, retryable: error.retryable }
    : {
        code: 'worker-lost',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        retryable: false,
      }

export const errorOf = ({ code, message, retryable }: Failure): KeeperError =>
  new KeeperError(code, message, { retryable })

/** Somebody is wrong about the same question: no result is believed. */
export const differing = (id: string): Failure => ({
  ...{ code: 'bad-answer', retryable: false },
  message: `job ${id.slice(0, 12)} came out in two ways: see that all workers ask nodes of the same chain, and report it if they do`,
})

/** Nobody who took it lived to finish it. */
export const abandoned = (id: string, tries: number): Failure => ({
  ...{ code: 'worker-lost', retryable: false },
  message: `job ${id.slice(0, 12)} was taken ${tries} times and never finished: look at what ends the workers (memory, as a rule), then start again`,
})
