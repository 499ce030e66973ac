import type { Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { MarketId, PositionId } from '#core/book.ts'
import { isKeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import type { StoredBooks } from '../book/books.ts'
import { type Layouts, loadSnapshot, refused, type Snapshot } from '../book/snapshot.ts'
import { matches } from '../chain/match.ts'
import { mergeFilters } from '../chain/merge-filters.ts'
import { driftOf, sample } from './drift.ts'
import type { KeeperEvents } from './events.ts'
import type { Mirror } from './mirror.ts'

export type ResumeParts = {
  readonly path: string
  readonly layouts: Layouts
  /** Positions of each strategy that are compared with the protocol's own view before the book is trusted. */
  readonly sample: number
  readonly createMirror: (stored: StoredBooks) => Mirror
  readonly hashAt: (number: number) => Promise<Hex | null>
  readonly random: (bytes: number) => Uint8Array
  readonly events: Pick<KeeperEvents, 'syncing' | 'fault'>
}

/** About a week: beyond that the logs are as much to read as the book. */
const blocksMost = 50_000
/** Positions read again in one go. */
const pageSize = 500

/**
 * The book as it was stored, brought to the view's block and compared there with the chain by sample. Pools, lenders and
 * feeds are read anew: they are few.
 * @returns `null` where there is none, or none to trust: why is told, and all is read from the chain.
 * @throws `rpc-unreachable`, `rpc-refused`: that would stop a reading of everything too.
 */
export async function resume(parts: ResumeParts, view: View): Promise<Mirror | null> {
  const { path, layouts, events } = parts
  try {
    const snapshot = await loadSnapshot(path, layouts)
    if (snapshot === null) return null
    await checkBlock(parts, snapshot, view)
    const mirror = parts.createMirror(recordsOf(snapshot, layouts))
    await catchUp(mirror, view, snapshot.number + 1, events.syncing)
    await mirror.grow(view, events.syncing)
    await compare(parts, mirror, view)
    return mirror
  } catch (error) {
    if (isKeeperError(error, 'rpc-unreachable') || isKeeperError(error, 'rpc-refused')) throw error
    // A fault of our own too: it must be seen, but a file must not keep the keeper from starting.
    events.fault(error instanceof Error ? error : refused(path, String(error)))
    return null
  }
}

async function checkBlock({ path, hashAt }: ResumeParts, { number, hash }: Snapshot, { block }: View): Promise<void> {
  const age = block.number - number
  if (age > blocksMost) throw refused(path, `it is ${age} blocks old, more than the ${blocksMost} that are caught up`)
  if ((await hashAt(number)) !== hash) throw refused(path, `its block ${number} is not on the chain`)
}

/** Of strategies alone: what logs fold into pools and feeds holds time, which logs of a range do not carry. */
const recordsOf = ({ shelves }: Snapshot, layouts: Layouts): StoredBooks => ({
  shelves: new Map([...shelves].filter(([owner]) => owner in layouts)),
  feeds: new Map(),
})

/**
 * Logs tell who was touched, not more: they come without their second, and what they fold to may hold it. So every
 * market is read again, and every position that a log concerned.
 */
async function catchUp(
  mirror: Mirror,
  view: View,
  fromBlock: number,
  progress: KeeperEvents['syncing'],
): Promise<void> {
  // Before the logs too: of what was listed since, the logs are wanted as well.
  await rereadMarkets(mirror, view)
  const touched = new Map<string, Set<PositionId>>()
  const { strategies } = mirror.modules
  const filters = strategies.flatMap(({ key, module }) => module.watches(mirror.books.shelf(key)))
  for (const filter of mergeFilters(filters))
    for await (const page of view.logs(filter, fromBlock)) foldPage(mirror, page, touched)
  await rereadMarkets(mirror, view)
  for (const [key, ids] of touched) {
    const positions = [...ids]
    for (let from = 0; from < positions.length; from += pageSize) {
      mirror.markStale(key, { markets: [], positions: positions.slice(from, from + pageSize) })
      await mirror.reread(view, () => true)
      progress('positions changed since', Math.min(from + pageSize, positions.length))
    }
  }
}

async function rereadMarkets(mirror: Mirror, view: View): Promise<void> {
  for (const { key } of mirror.modules.strategies) {
    const markets = [...mirror.books.shelf(key).markets()].map(({ id }): MarketId => id)
    mirror.markStale(key, { markets, positions: [] })
  }
  await mirror.reread(view, () => true)
}

/** Folded all the same: a market that a log names is among those read again. */
function foldPage(mirror: Mirror, page: readonly Log[], touched: Map<string, Set<PositionId>>): void {
  for (const { key, module } of mirror.modules.strategies) {
    const book = mirror.books.shelf(key)
    const filters = module.watches(book)
    const ids = touched.get(key) ?? new Set()
    touched.set(key, ids)
    for (const log of page) {
      if (!filters.some((filter) => matches(filter, log))) continue
      const { patches, dirty } = module.fold(book, log)
      mirror.books.apply(key, patches)
      for (const id of dirty.positions) ids.add(id)
      for (const patch of patches) {
        if (patch.op === 'put-position') ids.add(patch.position.id)
        if (patch.op === 'drop-position') ids.add(patch.id)
      }
    }
  }
}

async function compare({ path, sample: count, random }: ResumeParts, mirror: Mirror, view: View): Promise<void> {
  for (const { key, name } of mirror.modules.strategies) {
    const [first] = await driftOf(mirror, view, key, sample(mirror.books.shelf(key), count, random))
    if (first !== undefined) throw refused(path, `${first.position} differs from what ${name} itself says`)
  }
}
