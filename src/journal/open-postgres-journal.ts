import { randomUUID } from 'node:crypto'
import type { Rec } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import { createLease, type Lease, type LeaseParts } from './lease.ts'
import { checkLayout, type Database, migrate, openDatabase } from './postgres-database.ts'
import { selectFrom } from './postgres-select.ts'
import { createPostgresStore } from './postgres-store.ts'
import type { Entry, Filter } from './select.ts'

export type PostgresJournalOptions = Pick<LeaseParts, 'journal' | 'keys' | 'leaseMs' | 'head' | 'on'> & {
  readonly url: string
  readonly now?: () => number
}
export type PostgresJournal = Store & {
  readonly lease: Lease
  /** Durable, and fenced, when it resolves. @throws `store-failed`, `lease-lost`. */
  readonly reserve: (record: Rec) => Promise<void>
  /** What waits is written, and the lease given back. */
  readonly close: () => Promise<void>
}
/** Records for people: of either store. */
export type JournalReader = {
  readonly select: (filter: Filter) => Promise<readonly Entry[]>
  readonly close: () => Promise<void>
}

/** Which records and which lease: of one chain, one executor, and one part of what is watched. */
export const journalName = (chainId: number, executor: string | null, shard: string): string =>
  `${chainId}:${executor ?? 'none'}:${shard}`

const answerMostMs = 10_000
const connections = 4

/** Makes the tables where needed; nothing leads before `lease.begin()`. @throws `store-failed`. */
export async function openPostgresJournal(options: PostgresJournalOptions): Promise<PostgresJournal> {
  const { url, journal, leaseMs, now } = options
  await migrate(url, answerMostMs)
  const owner = randomUUID()
  // The lease has a connection of its own: a long read must not stand in its way.
  const database = openDatabase(url, answerMostMs, connections)
  const leases = openDatabase(url, Math.max(250, leaseMs / 2), 1)
  try {
    await database.query('insert into plimsoll_lease (journal) values ($1) on conflict do nothing', [journal])
    const lease = createLease({ ...options, database: leases, owner })
    const store = createPostgresStore({ database, journal, owner, lease, ...(now === undefined ? {} : { now }) })
    return {
      lease,
      append: store.append,
      read: store.read,
      reserve: (record) => store.append('reservation', record),
      close: async () => {
        await store.close()
        await lease.end()
        await closeBoth(database, leases)
      },
    }
  } catch (error) {
    await closeBoth(database, leases)
    throw error
  }
}

const closeBoth = async (...all: readonly Database[]): Promise<void> => {
  await Promise.all(all.map(({ close }) => close()))
}

/** To read only, also while keepers write. @throws `store-failed`. */
export async function readPostgresJournal(url: string, journal: string): Promise<JournalReader> {
  const database = openDatabase(url, answerMostMs, 1)
  try {
    await checkLayout(database)
  } catch (error) {
    await database.close()
    throw error
  }
  return { select: (filter) => selectFrom(database, journal, filter), close: database.close }
}

/** Whether a keeper leads that signs with one of the keys, and of which journal. @throws `store-failed`. */
export async function keysInUse(url: string, keys: readonly string[]): Promise<string | null> {
  const database = openDatabase(url, answerMostMs, 1)
  try {
    const tables = await database.query(`select to_regclass('plimsoll_lease') is not null as are_there`)
    if (tables.rows[0]?.are_there !== true) return null
    const text = 'select journal from plimsoll_lease where keys && $1 and expires_at > clock_timestamp() limit 1'
    const { rows } = await database.query(text, [keys])
    return rows[0] === undefined ? null : String(rows[0].journal)
  } finally {
    await database.close()
  }
}
