import type { Shelf } from './shelf.ts'

/** What is made of a book: the same again while nothing in it has changed. */
export function whileUnchanged<Made>(book: Shelf, make: () => Made): () => Made {
  let kept: { readonly revision: number; readonly made: Made } | null = null
  return () => {
    const revision = book.revision()
    if (kept?.revision !== revision) kept = { revision, made: make() }
    return kept.made
  }
}
