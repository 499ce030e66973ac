import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, startPostgres } from '../../sandbox/postgres.ts'
import { KeeperError } from '../../src/core/error.ts'
import { collect } from '../../src/jobs/collect.ts'
import { failureOf, type Job, type JobOptions, type Jobs } from '../../src/jobs/jobs.ts'
import { memoryJobs } from '../../src/jobs/memory-jobs.ts'
import { postgresJobs } from '../../src/jobs/postgres-jobs.ts'
import { work } from '../../src/jobs/work.ts'

let database: Database
beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

let count = 0
/** Fresh each time: jobs of another kind of work are not seen. */
const open = {
  memory: async (options: JobOptions = {}) => memoryJobs(options),
  postgres: (options: JobOptions = {}) => {
    count += 1
    return postgresJobs({ url: database.url, work: `test ${count}`, ...options })
  },
} as const
const passing = failureOf(new KeeperError('rpc-unreachable', 'gone', { retryable: true }))
const final = failureOf(new KeeperError('not-recorded', 'block 7 is not recorded'))
const jobsOf = (prefix: string, many: number) =>
  Array.from({ length: many }, (_, at) => ({ id: `${prefix} ${count} ${at}`, body: `${at}` }))

describe.each(['memory', 'postgres'] as const)('jobs in %s', (kind) => {
  const withJobs = async (options: JobOptions, run: (jobs: Jobs) => Promise<void>): Promise<void> => {
    const jobs = await open[kind](options)
    await run(jobs).finally(jobs.close)
  }

  it('are taken once, in order, and settled once', () =>
    withJobs({}, async (jobs) => {
      const [first, second] = jobsOf('once', 2)
      await jobs.put([first!, second!])
      await jobs.put([first!, second!])
      expect(await jobs.take('a')).toEqual(first)
      expect(await jobs.take('b')).toEqual(second)
      expect(await jobs.take('c')).toBeNull()
      await jobs.done(first!.id, 'x')
      await jobs.put([first!])
      expect(await jobs.take('c')).toBeNull()
      expect([...(await jobs.settled([first!.id, second!.id]))]).toEqual([[first!.id, { result: 'x' }]])
    }))

  it('are held as long as there is a sign of life', () =>
    withJobs({ leaseMs: 60_000 }, async (jobs) => {
      const [one] = jobsOf('held', 1)
      await jobs.put([one!])
      await jobs.take('alive')
      expect(await jobs.renew(one!.id, 'alive')).toBe(true)
      expect(await jobs.renew(one!.id, 'another')).toBe(false)
      expect(await jobs.take('another')).toBeNull()
    }))

  it('are taken over from who gives none, whose result is welcome all the same', () =>
    withJobs({ leaseMs: 50, triesMost: 1_000 }, async (jobs) => {
      const [one] = jobsOf('lease', 1)
      await jobs.put([one!])
      await jobs.take('dead')
      for (let got: Job | null = null; got === null; got = await jobs.take('other')) await sleep(20)
      expect(await jobs.renew(one!.id, 'dead')).toBe(false)
      await jobs.giveBack(one!.id, 'dead', final)
      await jobs.done(one!.id, 'same')
      await jobs.done(one!.id, 'same')
      expect((await jobs.settled([one!.id])).get(one!.id)).toEqual({ result: 'same' })
    }))

  it('are believed by nobody where two results differ', () =>
    withJobs({}, async (jobs) => {
      const [one] = jobsOf('two', 1)
      await jobs.put([one!])
      await jobs.take('a')
      await jobs.done(one!.id, 'heads')
      await jobs.done(one!.id, 'tails')
      await expect(collectSettled(jobs, one!.id)).rejects.toMatchObject({ code: 'bad-answer' })
    }))

  it('are open again after what may pass, and not after what stays; asked for anew, they are', () =>
    withJobs({}, async (jobs) => {
      const [one] = jobsOf('back', 1)
      await jobs.put([one!])
      await jobs.take('a')
      await jobs.giveBack(one!.id, 'a', passing)
      expect(await jobs.take('b')).toEqual(one)
      await jobs.giveBack(one!.id, 'b', final)
      expect(await jobs.take('c')).toBeNull()
      await expect(collectSettled(jobs, one!.id)).rejects.toMatchObject({ code: 'not-recorded' })
      await jobs.put([one!])
      expect(await jobs.take('c')).toEqual(one)
    }))

  it('fail where nobody lives to finish them', () =>
    withJobs({ leaseMs: 1, triesMost: 3 }, async (jobs) => {
      const [one] = jobsOf('poison', 1)
      await jobs.put([one!])
      for (let tries = 0; tries < 3; tries += 1) {
        expect(await jobs.take(`victim ${tries}`)).toEqual(one)
        await sleep(10)
      }
      expect(await jobs.take('careful')).toBeNull()
      await expect(collectSettled(jobs, one!.id)).rejects.toMatchObject({ code: 'worker-lost' })
    }))

  it('come back in the order asked, whoever was first', () =>
    withJobs({}, async (jobs) => {
      const stop = new AbortController()
      const done = new Map<string, number>()
      const workers = ['a', 'b', 'c'].map((worker) => {
        const perform = async (body: string): Promise<string> => {
          await sleep((Number(body) * 7) % 5)
          done.set(body, (done.get(body) ?? 0) + 1)
          return `${body} squared is ${Number(body) ** 2}`
        }
        return work({ jobs, worker, perform, stop: stop.signal })
      })
      const wanted = jobsOf('order', 60)
      const results = await collect(jobs, [...wanted, wanted[3]!])
      stop.abort()
      await Promise.all(workers)
      expect(results).toEqual([...wanted, wanted[3]!].map(({ body }) => `${body} squared is ${Number(body) ** 2}`))
      expect([...done.values()].every((times) => times === 1)).toBe(true)
    }))
})

describe('a worker', () => {
  it('holds a job for as long as it takes', async () => {
    const jobs = memoryJobs()
    const stop = new AbortController()
    const renewed = new Promise<void>((resolve) => {
      const counted: Jobs = {
        ...jobs,
        renew: async () => {
          resolve()
          return true
        },
      }
      const perform = async (): Promise<string> => {
        await renewed
        return 'done'
      }
      void work({ jobs: counted, worker: 'a', perform, leaseMs: 30, stop: stop.signal })
    })
    expect(await collect(jobs, jobsOf('long', 1))).toEqual(['done'])
    stop.abort()
  })

  it('tells whoever asked what went wrong, by its name', async () => {
    const jobs = memoryJobs()
    const stop = new AbortController()
    const perform = async (): Promise<string> => {
      throw new KeeperError('not-recorded', 'block 7 is not recorded')
    }
    const working = work({ jobs, worker: 'a', perform, stop: stop.signal })
    await expect(collect(jobs, jobsOf('wrong', 1))).rejects.toMatchObject({ code: 'not-recorded', retryable: false })
    stop.abort()
    await working
  })
})

describe('jobs in Postgres', () => {
  it('are not seen by workers of other work', async () => {
    const [one, other] = [await open.postgres(), await open.postgres()]
    await one.put(jobsOf('mine', 1))
    expect(await other.take('stranger')).toBeNull()
    expect(await one.take('friend')).not.toBeNull()
    await Promise.all([one.close(), other.close()])
  })

  it('wake who waits at once', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => postgresJobs({ url: database.url, work: 'told' })))
    const began = performance.now()
    const woken = other!.change(20_000)
    await one!.put(jobsOf('told', 1))
    await woken
    expect(performance.now() - began).toBeLessThan(15_000)
    await Promise.all([one!.close(), other!.close()])
  })

  it('say that the database is not there, and nothing of its password', async () => {
    const url = database.url.replace(/:\d+\//, ':1/')
    const opened = postgresJobs({ url, work: 'nowhere' })
    await expect(opened).rejects.toMatchObject({ code: 'store-failed' })
    await expect(opened).rejects.not.toThrow(/only-a-test/)
  })
})

/** What collecting it says, without asking for it anew. */
const collectSettled = (jobs: Jobs, id: string): Promise<readonly string[]> =>
  collect({ ...jobs, put: async () => undefined }, [{ id, body: '' }])
