import type { Rec } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import { lock } from './lock.ts'
import { type Identity, openDatabase } from './open-database.ts'
import { type Entry, type Filter, select } from './select.ts'
import { SqliteStore } from './sqlite-store.ts'

/** What the keeper writes and people read: verdicts, intents, attempts, receipts, guards, quarantine. */
export interface Journal extends Store {
  /** Durable when it returns. @throws `store-failed`. */
  readonly appendNow: (stream: string, record: Rec) => void
  readonly select: (filter: Filter) => readonly Entry[]
  readonly close: () => void
}

/**
 * Opens the keeper's journal to write, and holds it alone until `close`.
 * @throws `store-failed`: written by another keeper, no journal, damaged, or another chain's or executor's.
 */
export function openJournal(path: string, identity: Identity, now: () => number = Date.now): Journal {
  // First of all: to open it may change it, and another keeper may be writing it.
  const held = lock(path)
  const database = opened(path, identity, held)
  try {
    const store = new SqliteStore(database, path, now)
    return {
      append: store.append,
      appendNow: store.appendNow,
      read: store.read,
      select: (filter) => select(database, filter),
      close: () => {
        store.close()
        held.release()
      },
    }
  } catch (error) {
    database.close()
    held.release()
    throw error
  }
}

function opened(path: string, identity: Identity, held: ReturnType<typeof lock>): ReturnType<typeof openDatabase> {
  try {
    return openDatabase(path, identity, false)
  } catch (error) {
    held.release()
    throw error
  }
}

/** To read only, also while a keeper writes it. @throws `store-failed`. */
export function readJournal(path: string): { readonly select: Journal['select']; readonly close: () => void } {
  const database = openDatabase(path, null, true)
  return { select: (filter) => select(database, filter), close: () => database.close() }
}
