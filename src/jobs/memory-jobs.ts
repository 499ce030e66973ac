import { createBell } from './bell.ts'
import { abandoned, differing, type Job, type JobOptions, type Jobs, jobPresets, type Settled } from './jobs.ts'

type Entry = { readonly job: Job; holder: string | null; untilMs: number; tries: number; settled: Settled | null }

/** Jobs within one process, gone with it. */
export function memoryJobs(options: JobOptions = {}): Jobs {
  const { leaseMs, triesMost } = { ...jobPresets, ...options }
  const all = new Map<string, Entry>()
  const bell = createBell()
  const settle = (entry: Entry, settled: Settled): void => {
    entry.settled = settled
    bell.ring()
  }
  const heldBy = (id: string, worker: string): Entry | null => {
    const entry = all.get(id)
    return entry?.holder === worker && entry.settled === null ? entry : null
  }
  const hold = (entry: Entry, worker: string): void => {
    entry.holder = worker
    entry.untilMs = performance.now() + leaseMs
  }
  const next = (): Entry | undefined =>
    [...all.values()].find(({ settled, untilMs }) => settled === null && untilMs < performance.now())
  return {
    put: async (jobs) => {
      for (const job of jobs) {
        const settled = all.get(job.id)?.settled
        if (settled === undefined || (settled !== null && 'failure' in settled))
          all.set(job.id, { job, holder: null, untilMs: 0, tries: 0, settled: null })
      }
      bell.ring()
    },
    take: async (worker) => {
      for (let entry = next(); entry !== undefined; entry = next()) {
        entry.tries += 1
        if (entry.tries <= triesMost) {
          hold(entry, worker)
          return entry.job
        }
        settle(entry, { failure: abandoned(entry.job.id, triesMost) })
      }
      return null
    },
    renew: async (id, worker) => {
      const entry = heldBy(id, worker)
      if (entry !== null) hold(entry, worker)
      return entry !== null
    },
    done: async (id, result) => {
      const entry = all.get(id)
      if (entry === undefined) return
      if (entry.settled === null) settle(entry, { result })
      else if ('result' in entry.settled && entry.settled.result !== result) settle(entry, { failure: differing(id) })
    },
    giveBack: async (id, worker, why) => {
      const entry = heldBy(id, worker)
      if (entry === null) return
      if (!why.retryable || entry.tries >= triesMost) settle(entry, { failure: why })
      else {
        entry.untilMs = 0
        bell.ring()
      }
    },
    settled: async (ids) =>
      new Map(
        ids.flatMap((id): [string, Settled][] => {
          const settled = all.get(id)?.settled ?? null
          return settled === null ? [] : [[id, settled]]
        }),
      ),
    change: bell.wait,
    close: async () => undefined,
  }
}
