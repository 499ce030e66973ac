import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Rec } from '#core/plain.ts'
import { type Database, startPostgres } from '../../sandbox/postgres.ts'
import {
  openPostgresJournal,
  type PostgresJournal,
  type PostgresJournalOptions,
  readPostgresJournal,
} from '../../src/journal/open-postgres-journal.ts'

let server: Database
let url = ''
beforeAll(async () => {
  server = await startPostgres()
  url = await server.create('journals')
})
afterAll(() => server?.stop())

let names = 0
const fresh = (): string => `1:none:test-${++names}`
type Told = { readonly told: string[] }
const opened: PostgresJournal[] = []
afterAll(async () => {
  for (const one of opened) await one.close().catch(() => undefined)
})

async function open(journal: string, more: Partial<PostgresJournalOptions> = {}): Promise<PostgresJournal & Told> {
  const told: string[] = []
  const one = await openPostgresJournal({
    ...{ url, journal, keys: [], leaseMs: 400, head: () => 1 },
    on: {
      taken: (epoch) => told.push(`taken ${epoch}`),
      lost: (why) => told.push(`lost: ${why}`),
      failing: () => told.push('failing'),
      asked: () => undefined,
    },
    ...more,
  })
  opened.push(one)
  return { ...one, told }
}
const leads = async (one: PostgresJournal): Promise<void> => {
  await expect.poll(() => one.lease.against(), { timeout: 10_000, interval: 10 }).toBeNull()
}
const leading = async (journal: string, more: Partial<PostgresJournalOptions> = {}) => {
  const one = await open(journal, more)
  one.lease.begin()
  await leads(one)
  return one
}
const all = async (records: AsyncIterable<Rec>): Promise<Rec[]> => {
  const found: Rec[] = []
  for await (const record of records) found.push(record)
  return found
}
async function sql(text: string, values: readonly unknown[] = [], of = url): Promise<readonly Rec[]> {
  const client = new Client({ connectionString: of })
  await client.connect()
  try {
    return (await client.query(text, [...values])).rows as Rec[]
  } finally {
    await client.end()
  }
}

describe('a lease', () => {
  it('is held by one of two, and given to the other once that one ends', async () => {
    const journal = fresh()
    const first = await leading(journal)
    const second = await open(journal)
    second.lease.begin()
    await sleep(600)
    expect(second.lease.against()).toBe('another keeper leads')
    expect(second.lease.epoch()).toBeNull()
    await first.close()
    await leads(second)
    expect(second.told).toEqual(['taken 2'])
  })

  it('is not taken while the one before may hold it, and is by the database’s clock', async () => {
    const journal = fresh()
    const first = await leading(journal, { leaseMs: 1_000 })
    const [row] = await sql('select expires_at > clock_timestamp() as is_on from plimsoll_lease where journal = $1', [
      journal,
    ])
    expect(row?.is_on).toBe(true)
    // A machine that slept, by the clock of its wall alone: nothing more is sent on the lease of before.
    let wallMs = Date.now()
    const sleeper = await leading(fresh(), {
      clocks: { steadyMs: () => performance.now(), wallMs: () => wallMs },
    } as never)
    wallMs += 60_000
    expect(sleeper.lease.against()).toMatch(/ran out/)
    expect(first.lease.against()).toBeNull()
  })

  it('of an end that nobody renews falls to who waits, and what the former one still writes is refused', async () => {
    const journal = fresh()
    const first = await leading(journal, { leaseMs: 20_000 })
    await first.append('intent', { plan: 'good' })
    // As if it had been stopped: another has taken the lease meanwhile.
    await sql('update plimsoll_lease set epoch = epoch + 1, owner = $2 where journal = $1', [journal, 'another'])
    const late = first.append('verdict', { plan: 'late' })
    await expect(first.append('intent', { plan: 'stale' })).rejects.toMatchObject({ code: 'lease-lost' })
    await expect(late).rejects.toMatchObject({ code: 'lease-lost' })
    expect(first.lease.against()).toMatch(/another keeper leads/)
    expect(first.told).toEqual(['taken 1', expect.stringMatching(/^lost: another keeper leads/)])
    const reader = await readPostgresJournal(url, journal)
    expect((await reader.select({})).map(({ record }) => record.plan)).toEqual(['good'])
    await reader.close()
  })

  it('is not taken by who has seen fewer blocks than another, nor kept by who falls behind', async () => {
    const journal = fresh()
    let head = 10
    const first = await leading(journal, { head: () => head })
    let other = 9
    const second = await open(journal, { head: () => other })
    second.lease.begin()
    other = 12
    await leads(second)
    expect(first.told.at(-1)).toMatch(/lost: another keeper has seen block 12, this one 10: the node is behind/)
    head = 12
    await sleep(500)
    expect(first.lease.epoch()).toBeNull()
    expect(second.lease.against()).toBeNull()
  })

  it('of two parts that name the same key is refused to the later, and not of parts with keys of their own', async () => {
    const [one, two, three] = [fresh(), fresh(), fresh()]
    await leading(one, { keys: ['1:0xaa', '1:0xbb'] })
    const second = await open(two, { keys: ['1:0xbb'] })
    second.lease.begin()
    await leading(three, { keys: ['1:0xcc'] })
    await expect.poll(() => second.lease.against()).toContain(`in use by the keeper of ${one}`)
    expect(second.lease.epoch()).toBeNull()
  })
})

describe('tables', () => {
  it('are made once, however many keepers start at a time', async () => {
    const empty = await server.create('empty')
    await Promise.all(['a', 'b', 'c', 'd'].map((shard) => open(`1:none:${shard}`, { url: empty })))
    expect(await sql('select version from plimsoll_journal_layout', [], empty)).toEqual([{ version: 1 }])
  })

  it('of a newer version are refused, and say what to do', async () => {
    const newer = await server.create('newer')
    await open('1:none:x', { url: newer })
    await sql('update plimsoll_journal_layout set version = 99', [], newer)
    await expect(open('1:none:x', { url: newer })).rejects.toThrow(
      /has layout 99, this version writes 1: update Plimsoll/,
    )
    await expect(readPostgresJournal(newer, '1:none:x')).rejects.toThrow(/update Plimsoll/)
  })

  it('that are not there are no journal, and a database that is not there shows no password', async () => {
    const bare = await server.create('bare')
    await expect(readPostgresJournal(bare, '1:none:x')).rejects.toThrow(/holds no journal/)
    const gone = open('1:none:x', { url: url.replace(/:\d+\//, ':1/') })
    await expect(gone).rejects.toMatchObject({ code: 'store-failed', retryable: true })
    await expect(gone).rejects.not.toThrow(/only-a-test/)
  })
})

describe('a store in Postgres', () => {
  it('takes nothing from who stands by, but a guard', async () => {
    const journal = fresh()
    const leader = await leading(journal)
    const standby = await open(journal)
    await standby.append('verdict', { plan: 'a' })
    await standby.append('guard', { kind: 'trip', name: 'kill' })
    await leader.append('verdict', { plan: 'b' })
    expect(await all(leader.read('verdict', 0))).toEqual([{ plan: 'b' }])
    expect(await all(leader.read('guard', 0))).toEqual([{ kind: 'trip', name: 'kill' }])
  })

  it('writes once what it had to offer twice', async () => {
    const leader = await leading(fresh(), { leaseMs: 5_000 })
    // Connections break under it, again and again.
    let isOver = false
    const breaking = (async () => {
      while (!isOver) {
        await sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'plimsoll'`)
        await sleep(15)
      }
    })()
    const wanted = Array.from({ length: 400 }, (_, n) => ({ n }))
    await Promise.all(
      wanted.map(async (record, n) => {
        await sleep(n * 2)
        await leader.append(n % 7 === 0 ? 'intent' : 'verdict', record)
      }),
    )
    isOver = true
    await breaking
    const written = [...(await all(leader.read('intent', 0))), ...(await all(leader.read('verdict', 0)))]
    expect(written.map(({ n }) => n).sort((a, b) => Number(a) - Number(b))).toEqual(wanted.map(({ n }) => n))
  })
})
