import type { Log, LogFilter } from '#core/block.ts'
import type { Book, Dirty, Folded, OwnedPatch, PositionId } from '#core/book.ts'
import { overlay } from '../book/overlay.ts'
import { matches } from '../chain/match.ts'
import type { Mirror } from '../engine/mirror.ts'

export type PreState = {
  readonly patches: readonly OwnedPatch[]
  /** Positions whose state these logs do not carry: they would have to be read in the middle of a block. */
  readonly unread: ReadonlySet<PositionId>
}

type Keeps = { watches(book: Book): readonly LogFilter[]; fold(book: Book, log: Log): Folded }

/** What the first logs of a block make of the book as it stood before it. The book itself stays as it is. */
export function preState(mirror: Mirror, logs: readonly Log[]): PreState {
  const { strategies, venues, flash } = mirror.modules
  const unread = new Set<PositionId>()
  const all: readonly { readonly key: string; readonly module: Keeps }[] = [...strategies, ...venues, ...flash]
  const patches = all.flatMap(({ key, module }): OwnedPatch[] => {
    const folded = foldOver(module, mirror.books.shelf(key), logs)
    for (const one of folded.dirty) for (const position of one.positions) unread.add(position)
    return folded.patches.map((patch) => ({ owner: key, patch }))
  })
  return { patches, unread }
}

function foldOver(module: Keeps, book: Book, logs: readonly Log[]) {
  const patches: Folded['patches'][number][] = []
  const dirty: Dirty[] = []
  const filters = module.watches(book)
  for (const log of logs) {
    if (!filters.some((filter) => matches(filter, log))) continue
    const folded = module.fold(patches.length === 0 ? book : overlay(book, patches), log)
    patches.push(...folded.patches)
    dirty.push(folded.dirty)
  }
  return { patches, dirty }
}
