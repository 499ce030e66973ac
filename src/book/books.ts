import type { Hex } from '#core/address.ts'
import type { Patch } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import { createShelf, type Shelf, type StoredShelf } from './shelf.ts'

/** Every module's records and every feed's reading, at one block, with the way back. */
export interface Books {
  /** How many blocks can be undone. */
  readonly depth: number
  /** One module's records; made empty on first use. */
  readonly shelf: (owner: string) => Shelf
  readonly feed: (id: FeedId) => Reading
  /** Changes within the current block; undone with it. */
  readonly apply: (owner: string, patches: readonly Patch[]) => void
  /** From here on changes belong to this block. @throws `bad-argument` when its parent is not the tip. */
  readonly begin: (hash: Hex, parentHash: Hex) => void
  readonly tip: () => Hex | null
  /** Blocks that can be undone, oldest first, up to the tip. */
  readonly hashes: () => readonly Hex[]
  /**
   * Undoes blocks until `hash` is the tip; gives the hashes undone, newest first.
   * @throws `not-found` when that is deeper than the journal: start again from a bootstrap.
   */
  readonly rollbackTo: (hash: Hex) => readonly Hex[]
  /** Another after every change of a record or a feed. */
  readonly revision: () => number
  /** What makes of one module's records now what they were before a block; `null` where the block is not among those. */
  readonly before: (owner: string, hash: Hex) => readonly Patch[] | null
  /** All there is, for a snapshot: as it lies in memory, valid until the next change. */
  readonly stored: () => StoredBooks
  readonly size: () => { readonly markets: number; readonly positions: number }
}

export type StoredBooks = {
  readonly shelves: ReadonlyMap<string, StoredShelf>
  readonly feeds: ReadonlyMap<FeedId, Reading>
}

type Undo = { readonly owner: string; readonly patch: Patch }
type Entry = { readonly hash: Hex; readonly undo: Undo[] }

/** `depth`: how many blocks can be taken back; what lies deeper is final. `stored`: what they begin with. */
export function createBooks(depth: number, stored?: StoredBooks): Books {
  const shelves = new Map([...(stored?.shelves ?? [])].map(([owner, shelf]) => [owner, createShelf(shelf)] as const))
  const feeds = new Map<FeedId, Reading>(stored?.feeds)
  const journal: Entry[] = []
  let revision = 0

  const shelfOf = (owner: string): Shelf => {
    const found = shelves.get(owner)
    if (found !== undefined) return found
    const made = createShelf()
    shelves.set(owner, made)
    return made
  }
  const applyOne = (owner: string, patch: Patch): Patch => {
    revision += 1
    if (patch.op !== 'put-feed') return shelfOf(owner).apply(patch)
    const before = feeds.get(patch.id) ?? null
    feeds.set(patch.id, patch.reading)
    return { op: 'put-feed', id: patch.id, reading: before }
  }

  return {
    depth,
    shelf: shelfOf,
    feed: (id) => feeds.get(id) ?? null,
    apply: (owner, patches) => {
      const undo = journal.at(-1)?.undo
      for (const patch of patches) {
        const inverse = applyOne(owner, patch)
        undo?.push({ owner, patch: inverse })
      }
    },
    begin: (hash, parentHash) => {
      const tip = journal.at(-1)
      if (tip !== undefined && tip.hash !== parentHash) {
        throw new KeeperError(
          'bad-argument',
          `block ${hash} does not follow ${tip.hash}: roll back to its parent first`,
        )
      }
      journal.push({ hash, undo: [] })
      if (journal.length > depth + 1) journal.shift()
    },
    tip: () => journal.at(-1)?.hash ?? null,
    hashes: () => journal.map((entry) => entry.hash),
    revision: () => revision,
    rollbackTo: (hash) => {
      if (!journal.some((entry) => entry.hash === hash)) {
        throw new KeeperError('not-found', `block ${hash} lies deeper than the ${depth} blocks that can be undone`)
      }
      const undone: Hex[] = []
      for (let entry = journal.at(-1); entry !== undefined && entry.hash !== hash; entry = journal.at(-1)) {
        for (const { owner, patch } of entry.undo.reverse()) applyOne(owner, patch)
        undone.push(entry.hash)
        journal.pop()
      }
      return undone
    },
    before: (owner, hash) => {
      const from = journal.findIndex((entry) => entry.hash === hash)
      if (from < 0) return null
      const since = journal.slice(from).flatMap(({ undo }) => undo)
      return since.toReversed().flatMap((one) => (one.owner === owner ? [one.patch] : []))
    },
    stored: () => ({
      shelves: new Map([...shelves].map(([owner, shelf]) => [owner, shelf.stored()])),
      feeds,
    }),
    size: () => {
      const sizes = [...shelves.values()].map((shelf) => shelf.size())
      return {
        markets: sizes.reduce((sum, one) => sum + one.markets, 0),
        positions: sizes.reduce((sum, one) => sum + one.positions, 0),
      }
    },
  }
}
