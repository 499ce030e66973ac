import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Address } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { APPLICATION_ID, LAYOUT, TABLES } from './statements.ts'

/** Whose journal it is: a journal belongs to one chain and one executor. A dry run without one is `none`. */
export type Identity = { readonly chainId: number; readonly executor: Address | 'none' }

/**
 * Opens or makes the file. To read, `identity` may be `null`: any journal will do.
 * @throws `store-failed` with what to do: not there, no database, damaged, another program's, another chain's.
 */
export function openDatabase(path: string, identity: Identity | null, readOnly: boolean): DatabaseSync {
  if (readOnly && !existsSync(path))
    throw new KeeperError('store-failed', `${path} does not exist: give the journal.path of a keeper that has run`)
  try {
    if (!readOnly) mkdirSync(dirname(path), { recursive: true })
    const database = new DatabaseSync(path, { readOnly, timeout: 2_000 })
    try {
      prepare(database, path, identity, readOnly)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (cause) {
    throw cause instanceof KeeperError ? cause : storeError(path, cause)
  }
}

function prepare(database: DatabaseSync, path: string, identity: Identity | null, readOnly: boolean): void {
  const { application_id: mark } = database.prepare('PRAGMA application_id').get() as { application_id: number }
  const { user_version: layout } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (mark !== APPLICATION_ID && (tables > 0 || readOnly))
    throw new KeeperError('store-failed', `${path} is a database of another program: write another journal.path`)
  if (mark === APPLICATION_ID && layout !== LAYOUT)
    throw new KeeperError(
      'store-failed',
      `${path} has layout ${layout}, this version writes ${LAYOUT}: move the file away, a new one is made`,
    )
  if (!readOnly) database.exec('PRAGMA journal_mode = WAL')
  if (tables === 0 && identity !== null && !readOnly) {
    database.exec(`BEGIN; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${LAYOUT}; ${TABLES}`)
    database.prepare('INSERT INTO identity VALUES (?, ?)').run(identity.chainId, identity.executor)
    database.exec('COMMIT')
  }
  const owner = database.prepare('SELECT chainId, executor FROM identity').get() as Identity | undefined
  if (identity === null || owner === undefined) return
  // What a dry run wrote before there was an executor is the history of the one that follows: nothing was sent by it.
  if (owner.chainId === identity.chainId && owner.executor === 'none') {
    if (!readOnly) database.prepare('UPDATE identity SET executor = ?').run(identity.executor)
    return
  }
  if (owner.chainId !== identity.chainId || owner.executor !== identity.executor)
    throw new KeeperError(
      'store-failed',
      `${path} belongs to chain ${owner.chainId} and executor ${owner.executor}, not to chain ${identity.chainId} and executor ${identity.executor}: write another journal.path`,
    )
}

/** SQLite's own words, and what an operator can do about them. */
export function storeError(path: string, cause: unknown): KeeperError {
  const words = cause instanceof Error ? cause.message : String(cause)
  const [doing, retryable] = /not a database/.test(words)
    ? ['it is no journal, so write another journal.path', false]
    : /malformed|corrupt/.test(words)
      ? ['it is damaged, so move it away (sqlite3 .recover may save it); the keeper makes a new one', false]
      : /locked|busy/.test(words)
        ? ['another program holds it, so end that one', true]
        : /full/.test(words)
          ? ['free some space', true]
          : ['check that the folder exists and may be written to', false]
  return new KeeperError('store-failed', `${path}: ${words}; ${doing}`, { retryable, cause })
}
