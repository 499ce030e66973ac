import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Rec } from '#core/plain.ts'
import { type Database, startPostgres } from '../../sandbox/postgres.ts'
import { openPostgresJournal, type PostgresJournal } from '../../src/journal/open-postgres-journal.ts'
import { aSum } from '../builders/plan.ts'
import { command } from './command.ts'

const position = '0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2/0xe9526c72f5ffb2b0e8d7d1f1c1d3f9ea11118698'
const intent: Rec = {
  ...{ plan: '0xp1', strategy: 'aave-v3', trigger: 'update-landed', via: 'bundle', block: 101, nonce: 7 },
  ...{ steps: [{ position }], sum: aSum() },
}
const quiet = { taken: () => undefined, lost: () => undefined, failing: () => undefined, asked: () => undefined }

let database: Database
let journal: PostgresJournal
let file = ''
beforeAll(async () => {
  database = await startPostgres()
  file = join(mkdtempSync(join(tmpdir(), 'verbs-')), 'plimsoll.yaml')
  writeFileSync(
    file,
    [
      'chain: { id: 1, rpc: "http://127.0.0.1:1", wrappedNative: "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2" }',
      'protocols: { aave-v3: [mainnet] }',
      'flash: { morpho: [mainnet] }',
      'journal: { url: "${DATABASE_URL}" }',
    ].join('\n'),
  )
  const { url } = database
  journal = await openPostgresJournal({
    ...{ url, journal: '1:none:all', keys: ['1:0xaa'], leaseMs: 5_000, head: () => 1, on: quiet },
  })
  journal.lease.begin()
  await vi.waitFor(() => expect(journal.lease.against()).toBeNull(), { timeout: 20_000 })
  await journal.append('intent', intent)
  await journal.append('attempt', { plan: '0xp1', status: 'dropped', block: 101, detail: 'not in its block' })
  await journal.append('guard', { kind: 'trip', name: 'kill', detail: 'odd prices', atMs: Date.now() })
})
afterAll(async () => {
  await journal?.close()
  await database?.stop()
})

const plimsoll = (...args: string[]) => command([...args, '--config', file], { DATABASE_URL: database.url })

describe('verbs read a journal in a database', () => {
  it('history lists what was to be sent', async () => {
    expect(JSON.parse((await plimsoll('history', '--json')).out)).toMatchObject([{ plan: '0xp1', status: 'dropped' }])
  })

  it('explain tells of a position by its owner', async () => {
    const { out, code } = await plimsoll('explain', '0xe9526c72f5ffb2b0e8d7d1f1c1d3f9ea11118698')
    expect([code, out]).toEqual([0, expect.stringMatching(/intent[\s\S]*dropped: not in its block/)])
  })

  it('misses and guards too', async () => {
    expect((await plimsoll('misses')).out).toContain('Nobody else won')
    expect((await plimsoll('guards')).out).toMatch(/kill.*odd prices/)
  })

  it('and say what is wrong with it, and nothing of its password', async () => {
    const gone = database.url.replace(/:\d+\//, ':1/')
    const ended = await command(['history', '--config', file], { DATABASE_URL: gone })
    expect(ended).toMatchObject({ code: 1, said: expect.stringContaining('the database of journal.url fails') })
    expect(ended.said + ended.out).not.toContain('only-a-test')
    const recorded = await plimsoll('run', '--record', 'x.tape')
    expect(recorded).toMatchObject({ code: 2, said: expect.stringContaining('leave journal.url out') })
  })
})
