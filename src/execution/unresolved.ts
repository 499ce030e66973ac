import type { Store } from '#core/world.ts'
import { type AttemptEvent, hashesOf, type Intent, isFinal } from './intent.ts'

export type Unresolved = {
  /** Their fate is not known: what may still be out there after a crash at any line. */
  readonly open: readonly Intent[]
  /** On the chain when last seen, and not yet too deep for a reorg. */
  readonly landed: readonly Intent[]
  /** Of every transaction it speaks of. */
  readonly hashes: ReadonlySet<string>
}

/** What the journal leaves open. */
export async function unresolvedIntents(store: Store): Promise<Unresolved> {
  const intents = new Map<string, Intent>()
  const hashes = new Set<string>()
  const last = new Map<string, AttemptEvent['status']>()
  // The same plan may be tried again within its block: as many fates as intents, or one is open.
  const open = new Map<string, number>()
  // What was given up may turn out to have landed: a second fate, which leaves nothing more open.
  const count = (plan: string, change: number): Map<string, number> =>
    open.set(plan, Math.max(0, (open.get(plan) ?? 0) + change))
  for await (const record of store.read('intent', 0)) {
    // What an older version wrote has no variants.
    const intent = { variants: [], ...record } as unknown as Intent
    intents.set(intent.plan, intent)
    for (const hash of hashesOf(intent)) hashes.add(hash)
    count(String(record.plan), 1)
  }
  for await (const record of store.read('attempt', 0)) {
    const plan = String(record.plan)
    const status = record.status as AttemptEvent['status']
    last.set(plan, status)
    if (status === 'unwound') count(plan, 1)
    else if (isFinal(status) && status !== 'final') count(plan, -1)
  }
  const isOpen = ({ plan }: Intent): boolean => (open.get(plan) ?? 0) > 0
  const hasLanded = ({ plan }: Intent): boolean => last.get(plan) === 'included' || last.get(plan) === 'reverted'
  const all = [...intents.values()]
  return { open: all.filter(isOpen), landed: all.filter((intent) => !isOpen(intent) && hasLanded(intent)), hashes }
}
