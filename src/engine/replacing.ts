import type { Book, Patch } from '#core/book.ts'

/** What makes a book hold these records alone: positions go before their markets, and come after them. */
export function replacing(book: Book, patches: readonly Patch[]): readonly Patch[] {
  const kept = new Set<string>(
    patches.flatMap((patch): string[] =>
      patch.op === 'put-market' ? [patch.market.id] : patch.op === 'put-position' ? [patch.position.id] : [],
    ),
  )
  const gone = [...book.positions()].filter(({ id }) => !kept.has(id))
  const closed = [...book.markets()].filter(({ id }) => !kept.has(id))
  return [
    ...gone.map(({ id }): Patch => ({ op: 'drop-position', id })),
    ...patches,
    ...closed.map(({ id }): Patch => ({ op: 'drop-market', id })),
  ]
}
