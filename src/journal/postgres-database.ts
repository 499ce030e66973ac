import { Pool, type PoolClient, type QueryResult } from 'pg'
import { KeeperError } from '#core/error.ts'
import { postgresError } from '#core/postgres-error.ts'
import { LAYOUT_LOCK, LAYOUTS } from './postgres-layout.ts'

export type Rows = Pick<QueryResult<Record<string, unknown>>, 'rows' | 'rowCount'>
export type Database = {
  /** Answered within the time or not at all. @throws `store-failed`, retryable where the database is gone for a while. */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<Rows>
  readonly close: () => Promise<void>
}

/** Connections that break are replaced when one is needed. `answerMs`: how long a connection or an answer may take. */
export function openDatabase(url: string, answerMs: number, connections: number): Database {
  const pool = new Pool({
    ...{ connectionString: url, max: connections, keepAlive: true, application_name: 'plimsoll' },
    ...{ connectionTimeoutMillis: answerMs, query_timeout: answerMs, statement_timeout: answerMs },
  })
  pool.on('error', () => undefined)
  return {
    query: async (text, values) => {
      try {
        return await (values === undefined ? pool.query(text) : pool.query(text, [...values]))
      } catch (cause) {
        throw databaseError(cause)
      }
    },
    close: () => pool.end(),
  }
}

/**
 * Makes the tables where they are not yet, or brings older ones up to date; one keeper at a time.
 * @throws `store-failed`: not there, or written by a newer Plimsoll.
 */
export async function migrate(url: string, answerMs: number): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: answerMs })
  pool.on('error', () => undefined)
  let client: PoolClient | null = null
  try {
    client = await pool.connect()
    if ((await versionOf(client)) !== LAYOUTS.length) await bringUp(client)
  } catch (cause) {
    throw cause instanceof KeeperError ? cause : databaseError(cause)
  } finally {
    client?.release(true)
    await pool.end()
  }
}

async function bringUp(client: PoolClient): Promise<void> {
  await client.query('begin')
  await client.query(`select pg_advisory_xact_lock(${LAYOUT_LOCK})`)
  await client.query('create table if not exists plimsoll_journal_layout (version int not null)')
  const from = await versionOf(client)
  if (from > LAYOUTS.length) throw tooNew(from)
  for (const step of LAYOUTS.slice(from)) await client.query(step)
  await client.query('delete from plimsoll_journal_layout')
  await client.query('insert into plimsoll_journal_layout values ($1)', [LAYOUTS.length])
  await client.query('commit')
}

/** To read only. @throws `store-failed` where no keeper has written, or one of another version. */
export async function checkLayout(database: Database): Promise<void> {
  const version = await versionOf(database)
  if (version > LAYOUTS.length) throw tooNew(version)
  if (version < LAYOUTS.length)
    throw new KeeperError(
      'store-failed',
      version === 0
        ? 'the database of journal.url holds no journal: give the one of a keeper that has run'
        : `the database of journal.url has layout ${version}, this version reads ${LAYOUTS.length}: start its keeper once with this version`,
    )
}

async function versionOf(asked: Pick<Database, 'query'> | PoolClient): Promise<number> {
  const query = asked.query as (text: string) => Promise<Rows>
  const there = await query.call(asked, `select to_regclass('plimsoll_journal_layout') is not null as is_there`)
  if (there.rows[0]?.is_there !== true) return 0
  const { rows } = await query.call(asked, 'select max(version) as version from plimsoll_journal_layout')
  return Number(rows[0]?.version ?? 0)
}

const tooNew = (version: number): KeeperError =>
  new KeeperError(
    'store-failed',
    `the database of journal.url has layout ${version}, this version writes ${LAYOUTS.length}: update Plimsoll, or name another database`,
  )

/** Never the URL: a password is in it. */
export const databaseError = (cause: unknown): KeeperError => postgresError(cause, 'journal.url')
