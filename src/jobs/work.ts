import { setTimeout as sleep } from 'node:timers/promises'
import { failureOf, type Jobs, jobPresets } from './jobs.ts'

export type WorkParts = {
  readonly jobs: Jobs
  /** A name of its own. */
  readonly worker: string
  readonly perform: (body: string) => Promise<string>
  readonly leaseMs?: number
  /** No more jobs are taken. */
  readonly stop: AbortSignal
  readonly onDone?: (done: number) => void
}

const lookMs = 2_000
/** After a failure: it may be this machine's own, and another is given time to take the job. */
const restMs = 200

/**
 * Takes jobs one after another until it is told to stop, holding each while it is worked on. A job that was lost
 * meanwhile is finished all the same: its result is what anybody's would be.
 */
export async function work({ jobs, worker, perform, stop, onDone, ...options }: WorkParts): Promise<void> {
  const { leaseMs = jobPresets.leaseMs } = options
  const isStopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))
  let done = 0
  while (!stop.aborted) {
    const changed = jobs.change(lookMs)
    const job = await jobs.take(worker)
    if (job === null) {
      await Promise.race([changed, isStopped])
      continue
    }
    // A database that is gone for a while is told by what is asked next.
    const holding = setInterval(() => void jobs.renew(job.id, worker).catch(() => undefined), leaseMs / 3)
    try {
      await jobs.done(job.id, await perform(job.body))
      done += 1
      onDone?.(done)
    } catch (error) {
      await jobs.giveBack(job.id, worker, failureOf(error))
      await Promise.race([sleep(restMs), isStopped])
    } finally {
      clearInterval(holding)
    }
  }
}
