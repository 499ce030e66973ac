import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plain } from '#core/plain.ts'
import { crashScript } from '../../sandbox/crash.ts'
import type { TokenSymbol } from '../../sandbox/market-data.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { createRunTape, openRunTape, type RunEvent } from '../../src/recording/run-tape.ts'
import { command } from '../cli/command.ts'
import { type Rig, rig } from '../keeper/rig.ts'
import { kept, type Spawned, spawnRun, until } from '../keeper/spawned.ts'

const seed = Number(process.env.PLIMSOLL_REPLAY_SEED ?? 11)
let world: Rig
let run: Spawned
let tape = ''
let journal = ''
let stopped: Promise<unknown>

/** A block, and what the keeper has to say to it. */
async function block(): Promise<void> {
  const { number } = await world.sandbox.mine()
  await until(`block ${number}`, () => run.head() >= number, run)
}

beforeAll(async () => {
  world = await rig({ borrowers: 'full', seed, traffic: true })
  const { text } = await world.configure()
  journal = /path: (.*)\n/.exec(text)?.[1] ?? ''
  tape = join(world.folder, 'run.tape')
  run = spawnRun(world.folder, text, sandboxEnv(world.sandbox), ['--record', tape])
  await until('synced', () => run.said().includes('"event":"synced"'), run)
  for (const { prices } of crashScript(seed).filter(({ label }) => label !== 'drift' && label !== 'slide')) {
    await world.sandbox.movePools(prices)
    for (const [symbol, usd] of Object.entries(prices)) await world.sandbox.setPrice(symbol as TokenSymbol, usd)
    for (let blocks = 0; blocks < 2; blocks += 1) await block()
  }
  run.signal('SIGINT')
  expect(await run.ended, run.said().slice(-2_000)).toBe(0)
  stopped = world.sandbox.stop()
  await stopped
}, 120_000)
afterAll(() => world.end())

/** As SQLite holds them: no parsing in between. */
function journaled(): string {
  const database = new DatabaseSync(journal, { readOnly: true })
  const rows = database.prepare("SELECT body FROM records WHERE stream = 'verdict' ORDER BY ordinal").all()
  database.close()
  return rows.map(({ body }) => `${body}\n`).join('')
}

describe(`a run through a crash (seed ${seed})`, () => {
  it('is replayed without the chain: the same verdicts, byte for byte', async () => {
    const { receipts, verdicts } = kept(journal)
    expect(receipts.length).toBeGreaterThan(2)
    expect(verdicts.length).toBeGreaterThan(10)
    const { code, out, said } = await command(['replay', tape, '--verdicts'])
    expect(out === journaled(), said).toBe(true)
    expect(code).toBe(0)
  })

  it('is told to differ where what it was given is not what the run was given', async () => {
    const altered = join(world.folder, 'altered.tape')
    const { head, events } = openRunTape(tape)
    const copy = createRunTape(altered, head, () => undefined)
    for (let next = events.next(); next.done !== true; next = events.next()) {
      const event = next.value
      copy.put(() => event.map(dearer) as unknown as RunEvent)
    }
    await copy.close()
    const { code, said } = await command(['replay', altered])
    expect(code).toBe(1)
    expect(said).toMatch(/recorded: \{|strays from the recording/)
  })

  it('says what a file is where it is not a run', async () => {
    expect((await command(['replay', tape, '--serve'])).said).toContain('records a run, not history')
    expect((await command(['replay', join(world.folder, 'plimsoll.yaml')])).said).toContain('is no recording')
  })
})

/** Every head with a base fee of a gwei more. */
function dearer(part: Plain): Plain {
  if (part === null || typeof part !== 'object') return part
  if (Array.isArray(part)) return part.map(dearer)
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === 'baseFee' && typeof value === 'bigint' ? value + 1_000_000_000n : dearer(value),
    ]),
  )
}
