import type { OwnedPatch, Patch } from '#core/book.ts'

/** Patches over the book, the last of each record alone: they are absolute. */
export interface Laid {
  readonly put: (owner: string, patches: readonly Patch[]) => void
  readonly patches: () => readonly OwnedPatch[]
}

export function createLaid(begin: readonly OwnedPatch[] = []): Laid {
  const last = new Map<string, OwnedPatch>()
  const put: Laid['put'] = (owner, patches) => {
    for (const patch of patches) last.set(`${owner} ${nameOf(patch)}`, { owner, patch })
  }
  for (const { owner, patch } of begin) put(owner, [patch])
  return { put, patches: () => [...last.values()] }
}

function nameOf(patch: Patch): string {
  if (patch.op === 'put-market') return `market ${patch.market.id}`
  if (patch.op === 'put-position') return `position ${patch.position.id}`
  return `${patch.op.slice(patch.op.indexOf('-') + 1)} ${patch.id}`
}
