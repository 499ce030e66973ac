import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Rec } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import { type Database, startPostgres } from '../../sandbox/postgres.ts'
import { openJournal, readJournal } from '../../src/journal/open-journal.ts'
import {
  type JournalReader,
  openPostgresJournal,
  readPostgresJournal,
} from '../../src/journal/open-postgres-journal.ts'

type Opened = Store & { readonly close: () => Promise<void> }
type Kind = {
  readonly open: (name: string) => Promise<Opened>
  readonly read: (name: string) => Promise<JournalReader>
}

let database: Database
const folder = mkdtempSync(join(tmpdir(), 'journal-'))
beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

const kinds: Readonly<Record<'a file' | 'a database', Kind>> = {
  'a file': {
    open: async (name) => {
      const { close, ...store } = openJournal(join(folder, name), { chainId: 1, executor: 'none' })
      return { ...store, close: async () => close() }
    },
    read: async (name) => {
      const { select, close } = readJournal(join(folder, name))
      return { select: async (filter) => select(filter), close: async () => close() }
    },
  },
  'a database': {
    open: async (name) => {
      const quiet = { taken: () => undefined, lost: () => undefined, failing: () => undefined, asked: () => undefined }
      const { url } = database
      const opened = await openPostgresJournal({
        url,
        journal: name,
        keys: [],
        leaseMs: 5_000,
        head: () => 1,
        on: quiet,
      })
      opened.lease.begin()
      await expect.poll(opened.lease.against, { timeout: 20_000, interval: 10 }).toBeNull()
      return opened
    },
    read: (name) => readPostgresJournal(database.url, name),
  },
}

const all = async (records: AsyncIterable<Rec>): Promise<Rec[]> => {
  const found: Rec[] = []
  for await (const record of records) found.push(record)
  return found
}

describe.each(['a file', 'a database'] as const)('a journal in %s', (kind) => {
  const { open, read } = kinds[kind]

  it('gives back what was appended, in order, amounts to the wei, after a restart', async () => {
    const first = await open('again')
    await first.append('intent', { planId: 'a', net: 123_456_789_012_345_678_901n })
    await Promise.all([first.append('verdict', { n: 1 }), first.append('verdict', { n: 2 })])
    await first.close()
    const second = await open('again')
    await second.append('verdict', { n: 3 })
    expect(await all(second.read('verdict', 0))).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect(await all(second.read('verdict', 2))).toEqual([{ n: 3 }])
    expect(await all(second.read('intent', 0))).toEqual([{ planId: 'a', net: 123_456_789_012_345_678_901n }])
    await second.close()
  })

  it('commits what came before a durable record together with it', async () => {
    const journal = await open('order')
    void journal.append('verdict', { planId: 'early' })
    await journal.append('intent', { planId: 'late' })
    const reader = await read('order')
    expect((await reader.select({})).map(({ record }) => record.planId)).toEqual(['early', 'late'])
    await reader.close()
    await journal.close()
  })

  it('finds everything that speaks of a position, a plan or a transaction', async () => {
    const journal = await open('mentions')
    await journal.append('verdict', { do: 'skip', reason: 'no-route', positions: ['aave-v3:0xaa', 'aave-v3:0xbb'] })
    await journal.append('verdict', {
      do: 'act',
      plan: { id: 'p1', steps: [{ opportunity: { positions: ['aave-v3:0xbb'] } }] },
    })
    await journal.append('receipt', { plan: 'p1', transactionHash: '0x77', status: 'included' })
    const reader = await read('mentions')
    const streams = async (about: 'position' | 'plan' | 'transaction', id: string) =>
      (await reader.select({ about: { kind: about, id } })).map(({ stream }) => stream)
    expect(await streams('position', '0xbb')).toEqual(['verdict', 'verdict'])
    expect(await streams('plan', 'p1')).toEqual(['verdict', 'receipt'])
    expect(await streams('transaction', '0x7')).toEqual(['receipt'])
    expect(await streams('transaction', '7')).toEqual([])
    expect((await reader.select({ limit: 1 })).map(({ stream }) => stream)).toEqual(['receipt'])
    expect(await reader.select({ sinceMs: Date.now() + 60_000 })).toEqual([])
    expect(await reader.select({ streams: ['receipt'], sinceMs: 0 })).toHaveLength(1)
    await reader.close()
    await journal.close()
  })

  it('carries ten thousand verdicts without a commit for each', async () => {
    const journal = await open('many')
    await Promise.all(Array.from({ length: 10_000 }, (_, n) => journal.append('verdict', { n })))
    expect(await all(journal.read('verdict', 9_998))).toEqual([{ n: 9_998 }, { n: 9_999 }])
    await journal.close()
  })
})
