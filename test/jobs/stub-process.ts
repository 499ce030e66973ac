import { collect } from '../../src/jobs/collect.ts'
import { openCrew } from '../../src/jobs/crew.ts'
import { postgresJobs } from '../../src/jobs/postgres-jobs.ts'
import { work } from '../../src/jobs/work.ts'

/** A coordinator or a worker of jobs that cost nothing. */
type Start = { readonly role: string; readonly url: string; readonly work: string; readonly jobs: number }

const settings = { leaseMs: 1_000, triesMost: 1_000 } as const

async function lead({ url, work: name, jobs: count, role }: Start): Promise<void> {
  const jobs = await postgresJobs({ url, work: name, ...settings })
  const crew = openCrew({ module: new URL('./stub-child.ts', import.meta.url), start: {}, count: 1 })
  const { signal: stop } = new AbortController()
  for (const { perform } of crew.hands)
    work({ jobs, worker: `${process.pid}`, perform, leaseMs: settings.leaseMs, stop }).catch(failed)
  if (role === 'worker') return
  const wanted = Array.from({ length: count }, (_, at) => ({ id: `${name} ${at}`, body: `${at}` }))
  const results = await collect(jobs, wanted, (done) => process.send?.({ progress: `${done}` }))
  process.send?.({ result: results.join('\n') })
}

const failed = (error: unknown): void => void process.send?.({ failure: String(error) })
process.on('disconnect', () => process.exit(0))
process.once('message', (message) => lead(message as Start).catch(failed))
