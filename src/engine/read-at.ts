import type { Hex } from '#core/address.ts'
import type { Dirty } from '#core/book.ts'

/** Records of a module that were read again. */
export type Reread = { readonly key: string; readonly dirty: Dirty }

/** What was read while a block was the tip: undone with that block, and then to be read once more. */
export type ReadAt = {
  readonly reread: (tip: Hex | null, read: readonly Reread[]) => void
  /** Feeds, pools or lenders were found there. */
  readonly found: (tip: Hex | null) => void
  /** What went with these blocks. */
  readonly undone: (hashes: readonly Hex[]) => { readonly reread: readonly Reread[]; readonly hasFound: boolean }
}

/** Remembers as many blocks as the book can undo. */
export function createReadAt(depth: number): ReadAt {
  const rereadAt = new Map<Hex, readonly Reread[]>()
  const foundAt = new Set<Hex>()
  const trim = (tips: Map<Hex, unknown> | Set<Hex>): void => {
    for (const old of tips.keys()) {
      if (tips.size <= depth) break
      tips.delete(old)
    }
  }
  return {
    reread: (tip, read) => {
      if (tip === null) return
      rereadAt.set(tip, [...(rereadAt.get(tip) ?? []), ...read])
      trim(rereadAt)
    },
    found: (tip) => {
      if (tip === null) return
      foundAt.add(tip)
      trim(foundAt)
    },
    undone: (hashes) => {
      const reread = hashes.flatMap((hash) => rereadAt.get(hash) ?? [])
      for (const hash of hashes) rereadAt.delete(hash)
      return { reread, hasFound: hashes.filter((hash) => foundAt.delete(hash)).length > 0 }
    },
  }
}
