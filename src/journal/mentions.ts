import type { Plain, Rec } from '#core/plain.ts'

export type MentionKind = 'position' | 'plan' | 'transaction' | 'strategy'
export type Mention = { readonly kind: MentionKind; readonly id: string }

/** By which keys of a record something is named, wherever in it they stand. */
const kindOfKey: Readonly<Record<string, MentionKind>> = {
  position: 'position',
  positions: 'position',
  planId: 'plan',
  transactionHash: 'transaction',
  hash: 'transaction',
  strategy: 'strategy',
}

/** What a record speaks of: so that "everything about this position" needs no knowledge of the record's shape. */
export function mentions(record: Rec): readonly Mention[] {
  const found = new Map<string, Mention>()
  const add = (kind: MentionKind, id: Plain | undefined): void => {
    if (typeof id === 'string') found.set(`${kind} ${id}`, { kind, id })
  }
  const visit = (value: Plain): void => {
    if (Array.isArray(value)) for (const part of value) visit(part)
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value as Rec)) {
      const kind = kindOfKey[key]
      if (kind !== undefined) for (const id of Array.isArray(inner) ? inner : [inner]) add(kind, id)
      if (key === 'plan') add('plan', typeof inner === 'object' && inner !== null ? (inner as Rec).id : inner)
      visit(inner)
    }
  }
  visit(record)
  return [...found.values()]
}
