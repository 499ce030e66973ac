import { isKeeperError, KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { createRoom, saveSnapshot } from '../book/snapshot.ts'
import type { Head } from '../scene/next-block.ts'
import type { Mirror } from './mirror.ts'
import { type ResumeParts, resume } from './resume.ts'

/** Where the book outlives the process. A file that cannot be written or used is told of, and stops nothing. */
export interface BookFile {
  /** The stored book at the view's block; `null`: read everything from the chain. */
  readonly resume: (view: View) => Promise<Mirror | null>
  /** Every so many blocks, beside the path. */
  readonly keep: (mirror: Mirror, head: Head) => void
  /** Once more, at an orderly end. */
  readonly close: (mirror: Mirror, head: Head) => Promise<void>
}

export type BookFileParts = ResumeParts & { readonly everyBlocks: number }

export const noBookFile: BookFile = { resume: async () => null, keep: () => undefined, close: async () => undefined }

export function createBookFile(parts: BookFileParts): BookFile {
  const { path, layouts, everyBlocks, events } = parts
  /** The first time, at once: a long reading from the chain shall not be lost to a crash. */
  let savedAt: number | null = null
  const room = createRoom()
  let saving: Promise<void> | null = null

  const save = async ({ books, modules }: Mirror, { hash, block }: Head): Promise<void> => {
    savedAt = block.number
    const { shelves } = books.stored()
    const kept = new Map([...shelves].filter(([owner]) => modules.strategies.some(({ key }) => key === owner)))
    try {
      await saveSnapshot(path, { number: block.number, hash, shelves: kept, feeds: new Map() }, layouts, room)
    } catch (cause) {
      const failed = (): KeeperError => new KeeperError('store-failed', `the book cannot be kept in ${path}`, { cause })
      events.fault(isKeeperError(cause) ? cause : failed())
    }
  }
  /** What is stale is known to be by a log of a block that is not read again: such a book is not for keeping. */
  const isWhole = (mirror: Mirror, head: Head): boolean =>
    mirror.books.tip() === head.hash && !mirror.hasStale() && mirror.faults.broken().length === 0

  return {
    resume: (view) => resume(parts, view),
    keep: (mirror, head) => {
      const isDue = savedAt === null || head.block.number - savedAt >= everyBlocks
      if (!isDue || saving !== null || !isWhole(mirror, head)) return
      saving = save(mirror, head).finally(() => {
        saving = null
      })
    },
    close: async (mirror, head) => {
      await saving
      if (isWhole(mirror, head)) await save(mirror, head)
    },
  }
}
