import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, startPostgres } from '../../sandbox/postgres.ts'
import { withCrew } from '../../src/cli/backtest-crew.ts'
import { type BacktestOptions, backtestOf } from '../../src/cli/backtest-of.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { toJson } from '../../src/cli/json.ts'
import type { Config } from '../../src/config/config.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { CrewStart } from '../backtest/crew-process.ts'
import { type Twin, twin } from '../backtest/twin.ts'
import { siege } from '../jobs/siege.ts'

/** More with SEEDS=20. */
const seeds = Array.from({ length: Number(process.env.SEEDS ?? 1) }, (_, at) => at + 1)

describe('a backtest by many hands', () => {
  let them: Twin
  let database: Database
  let config: Config
  let settings: CrewStart['settings']
  let options: CrewStart['options']
  /** By one process alone. */
  let alone = ''
  beforeAll(async () => {
    them = await twin(false)
    database = await startPostgres()
    const { sandbox } = them.world
    const text = sandboxConfig(sandbox, { executor: null, journalPath: 'none', dryRun: true })
    const sources = { file: null, text, env: sandboxEnv(sandbox), flags: {} }
    config = loadConfig({ ...sources, registry: await discover() })
    const jobs = { leaseMs: 3_000, triesMost: 1_000 }
    const history = { url: sandbox.nodeUrl }
    settings = { sources, history, recorded: null, workers: 1, databaseUrl: database.url, jobs }
    options = { range: them.range, chunkBlocks: 3, poolRestBlocks: 0 }
    alone = toJson(await backtestOf(config, { ...options, rpc: sandbox.rpc }))
  }, 180_000)
  afterAll(async () => {
    await database?.stop()
    await them?.world.end()
  })

  it('is the same by two children, without a database', async () => {
    const { rpc } = them.world.sandbox
    const told = new Set<string>()
    const crew = { ...settings, config, workers: 2, databaseUrl: null }
    const about = { rpc, last: options.range.to, progress: (what: string) => void told.add(what) }
    const given: BacktestOptions = { ...options, rpc }
    const report = await withCrew(crew, about, (hands) => backtestOf(config, { ...given, hands }))
    expect(report.proofs).toBeGreaterThan(3)
    expect(report.chunks).toBeGreaterThan(2)
    expect([...told]).toEqual(['chunks', 'proofs'])
    expect(toJson(report)).toBe(alone)
  }, 120_000)

  it('is the same whoever is killed meanwhile', async () => {
    for (const seed of seeds) {
      // Nothing of it is done yet.
      const databaseUrl = await database.create(`seed${seed}`)
      const start: CrewStart = {
        ...{ settings: { ...settings, databaseUrl }, url: them.world.sandbox.nodeUrl, options },
      }
      const { result, killed } = await siege({
        ...{ seed, workers: 1, killsMost: 5, chance: 0.5 },
        ...{ module: new URL('../backtest/crew-process.ts', import.meta.url), start },
      })
      process.stdout.write(`seed ${seed}: ${JSON.stringify(killed)}\n`)
      expect(result === alone, `seed ${seed}`).toBe(true)
    }
  }, 3_000_000)
})
