import { hash as digestOf, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { toText } from '#core/plain.ts'
import type { Hands } from '../backtest/hands.ts'
import { jobHands } from '../backtest/job-hands.ts'
import { headAt } from '../backtest/task.ts'
import type { Rpc } from '../chain/rpc.ts'
import { allChosen, type Config } from '../config/config.ts'
import { type Crew, type Hand, openCrew } from '../jobs/crew.ts'
import { type JobOptions, type Jobs, jobPresets } from '../jobs/jobs.ts'
import { memoryJobs } from '../jobs/memory-jobs.ts'
import { postgresJobs } from '../jobs/postgres-jobs.ts'
import { work } from '../jobs/work.ts'
import type { ChildStart } from './backtest-child.ts'
import { codeDigest } from './code-digest.ts'
import { composeSettings } from './compose-settings.ts'

export type CrewSettings = ChildStart & {
  readonly config: Config
  /** Of the recording that is read; `null`: a node is asked. */
  readonly recorded: string | null
  /** Processes of this machine; 0 where others do it all. */
  readonly workers: number
  /** Jobs are shared with whoever asks this database; `null`: with nobody. */
  readonly databaseUrl: string | null
  readonly jobs?: JobOptions
}
type Working = {
  readonly jobs: Jobs
  readonly work: string
  readonly crew: Crew
  /** Rejects where a worker's loop cannot go on: the database is gone. */
  readonly broken: Promise<never>
  readonly stop: () => Promise<void>
}

/** All that a result depends on beside its task. Secrets, and where a node or a file is, are no part of it. */
export const workOf = (config: Config, recorded: string | null): string =>
  digestOf(
    'sha256',
    toText({
      ...{ code: codeDigest(), settings: composeSettings(config), guards: config.guards, recorded },
      modules: allChosen(config).map(({ name, label, config: own }) => ({ name, label, own })),
    }),
  )

/**
 * Runs a backtest by many hands: this machine's children, and with a database whoever joins from another. What was
 * finished before a crash is found there again. @throws what a task threw, `worker-lost`, `store-failed`.
 */
export async function withCrew<Result>(
  settings: CrewSettings,
  about: {
    readonly rpc: Rpc
    readonly last: number
    readonly progress: (what: string, done: number, total: number) => void
  },
  run: (hands: Hands) => Promise<Result>,
): Promise<Result> {
  const head = await headAt(about.rpc, about.last)
  const working = await begin(settings, () => undefined)
  const hands = jobHands({ jobs: working.jobs, work: working.work, head, progress: about.progress })
  try {
    return await Promise.race([run(hands), working.broken])
  } finally {
    await working.stop()
  }
}

/** Takes jobs of the same work from the database until it is told to stop. @throws `store-failed`. */
export async function joinCrew(settings: CrewSettings, stop: AbortSignal, onDone: () => void): Promise<void> {
  const working = await begin(settings, onDone)
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve()
    else stop.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    await Promise.race([stopped, working.broken])
  } finally {
    await working.stop()
  }
}

async function begin(settings: CrewSettings, onDone: () => void): Promise<Working> {
  const { config, recorded, workers, databaseUrl, sources, history, jobs: options = {} } = settings
  const mine = workOf(config, recorded)
  const jobs =
    databaseUrl === null ? memoryJobs(options) : await postgresJobs({ url: databaseUrl, work: mine, ...options })
  const start: ChildStart = { sources, history }
  const crew = openCrew({ module: new URL('./backtest-child.ts', import.meta.url), start, count: workers })
  const stop = new AbortController()
  const leaseMs = options.leaseMs ?? jobPresets.leaseMs
  const loops = crew.hands.map((hand: Hand) => {
    const worker = `${hostname()} ${process.pid} ${randomBytes(4).toString('hex')}`
    return work({ jobs, worker, perform: hand.perform, leaseMs, stop: stop.signal, onDone })
  })
  const broken = new Promise<never>((_, reject) => {
    for (const loop of loops) loop.catch(reject)
  })
  // Nobody may be waiting for it when it comes.
  broken.catch(() => undefined)
  return {
    ...{ jobs, work: mine, crew, broken },
    stop: async () => {
      stop.abort()
      await crew.close()
      await Promise.allSettled(loops)
      await jobs.close()
    },
  }
}
