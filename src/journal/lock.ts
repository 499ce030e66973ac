import { DatabaseSync } from 'node:sqlite'
import { KeeperError } from '#core/error.ts'

/**
 * One writer a journal. The lock is the operating system's, held on a file beside it: it falls with the process,
 * however that ends, so no stale lock can ever stand in a restart's way.
 * @throws `store-failed` (retryable) while another process holds it.
 */
export function lock(path: string): { readonly release: () => void } {
  const database = new DatabaseSync(`${path}.lock`, { timeout: 0 })
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
