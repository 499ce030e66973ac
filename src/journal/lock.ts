import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { KeeperError } from '#core/error.ts'
import { storeError } from './open-database.ts'

/**
 * One writer a journal. The lock is the operating system's, held on a file beside it: it falls with the process,
 * however that ends, so no stale lock can ever stand in a restart's way.
 * @throws `store-failed` (retryable) while another process holds it.
 */
export function lock(path: string): { readonly release: () => void } {
  const database = open(`${path}.lock`)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw new KeeperError(
      'store-failed',
      `${path} is written by another keeper: stop that one, or give this one a journal.path of its own`,
      { retryable: true, cause },
    )
  }
  return { release: () => database.close() }
}

function open(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return new DatabaseSync(path, { timeout: 0 })
  } catch (cause) {
    throw storeError(path, cause)
  }
}
