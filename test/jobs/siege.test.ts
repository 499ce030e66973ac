import { hash as digestOf } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, startPostgres } from '../../sandbox/postgres.ts'
import { siege, type Victim } from './siege.ts'

/** More with SEEDS=20. */
const seeds = Array.from({ length: Number(process.env.SEEDS ?? 2) }, (_, at) => at + 1)
const jobs = 40

describe('jobs whose workers and coordinator are killed', () => {
  let database: Database
  beforeAll(async () => {
    database = await startPostgres()
  })
  afterAll(() => database?.stop())

  it('come out the same', async () => {
    const right = Array.from({ length: jobs }, (_, at) => digestOf('sha256', `result of ${at}`)).join('\n')
    const all: Record<Victim, number> = { coordinator: 0, worker: 0, child: 0, stopped: 0 }
    for (const seed of seeds) {
      const { result, killed } = await siege({
        ...{ seed, workers: 2, killsMost: 6, chance: 0.4 },
        module: new URL('./stub-process.ts', import.meta.url),
        start: { url: database.url, work: `siege ${seed}`, jobs },
      })
      process.stdout.write(`seed ${seed}: ${JSON.stringify(killed)}\n`)
      expect(result, `seed ${seed}`).toBe(right)
      for (const victim of Object.keys(all) as Victim[]) all[victim] += killed[victim]
    }
    expect(Object.values(all).reduce((sum, some) => sum + some, 0)).toBeGreaterThan(seeds.length * 2)
  }, 300_000)
})
