import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { command } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'calendar-'))
const file = join(folder, 'plimsoll.yaml')
let sandbox: Sandbox
const plimsoll = (...args: string[]) => command([...args, '--config', file], sandboxEnv(sandbox))

beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few', aave: ['3.6'] })
  writeFileSync(file, sandboxConfig(sandbox, { executor: null, journalPath: join(folder, 'j.sqlite'), dryRun: true }))
})
afterAll(async () => sandbox?.stop())

type Entry = { at: number; block: number; what: string; positions: string[]; worth: string | null; reason: string }
type Listed = { block: number; timestamp: number; entries: Entry[] }

describe('plimsoll calendar', () => {
  it('says so where nothing is coming', async () => {
    const { code, out } = await plimsoll('calendar', '--within', '1s')
    expect([code, out]).toEqual([0, expect.stringContaining('Nothing is coming by time alone within 1s of block')])
  })

  it('lists who crosses by interest: the second, the block, the position, what it is worth', async () => {
    const usd = await hairAbove('plain')
    const { out, code } = await plimsoll('calendar', '--within', '30d', '--json')
    expect(code).toBe(0)
    const listed = JSON.parse(out) as Listed
    const owner = sandbox.accounts.borrowers.find(({ label }) => label === 'plain')!.address
    const entry = listed.entries.find(({ positions }) => positions.some((id) => id.endsWith(owner)))!
    expect(entry.what).toBe('interest')
    expect(entry.at).toBeGreaterThan(listed.timestamp)
    expect(entry.block).toBe(listed.block + Math.ceil((entry.at - listed.timestamp) / 12))
    expect(BigInt(entry.worth!)).toBeGreaterThan(10n ** 15n)
    expect(listed.entries.map(({ at }) => at)).toEqual(listed.entries.map(({ at }) => at).sort((a, b) => a - b))
    const said = await plimsoll('calendar', '--within', '30d', '--limit', '1')
    expect(said.out).toMatch(/at .*ahead.*about block.*what.*position.*worth/)
    expect(said.out).toContain('1 within 30d')
    // By the scan it is still above the line.
    const scanned = JSON.parse((await plimsoll('scan', '--json')).out) as {
      positions: { owner: string; isLiquidatable: boolean }[]
    }
    expect(scanned.positions.find((one) => one.owner === owner)?.isLiquidatable, `at ${usd}`).toBe(false)
  }, 120_000)

  it.each([
    [['--within', 'tomorrow'], '--within is a number and s, m, h or d'],
    [['--within', '31d'], 'up to 30d'],
    [['--limit', '0'], '--limit is a whole number above 0'],
    [['--limit', '1.5'], '--limit is a whole number above 0'],
  ])('refuses %s, and says what to write', async (wrong, words) => {
    expect(await plimsoll('calendar', ...wrong)).toMatchObject({ code: 2, said: expect.stringContaining(words) })
  })

  it('explains itself with examples', async () => {
    const { out } = await command(['help', 'calendar'])
    expect(out).toContain('plimsoll calendar --within 30d --limit 10')
  })
})

/** WETH brought to where a position stands a millionth above the line, in the oracle and the pools. */
async function hairAbove(label: string): Promise<bigint> {
  const owner = sandbox.accounts.borrowers.find((one) => one.label === label)!.address
  const { out } = await plimsoll('scan', '--below', '2', '--json')
  const { positions } = JSON.parse(out) as { positions: { owner: string; healthFactor: string }[] }
  const health = BigInt(positions.find((one) => one.owner === owner)!.healthFactor)
  const usd = (3_000n * 10n ** 8n * (10n ** 18n + 10n ** 12n)) / health
  await sandbox.movePools({ WETH: usd })
  await sandbox.setPrice('WETH', usd)
  await sandbox.mine()
  return usd
}
