import type { Store } from '#core/world.ts'
import { type AttemptEvent, type Intent, isFinal } from './intent.ts'

/** Intents whose fate the journal does not tell: what may still be out there after a crash at any line. */
export async function unresolvedIntents(store: Store): Promise<readonly Intent[]> {
  const intents = new Map<string, Intent>()
  // The same plan may be tried again within its block: as many fates as intents, or one is open.
  const open = new Map<string, number>()
  const count = (plan: string, change: number): Map<string, number> => open.set(plan, (open.get(plan) ?? 0) + change)
  for await (const record of store.read('intent', 0)) {
    intents.set(String(record.plan), record as unknown as Intent)
    count(String(record.plan), 1)
  }
  for await (const record of store.read('attempt', 0)) {
    const status = record.status as AttemptEvent['status']
    if (status === 'unwound') count(String(record.plan), 1)
    else if (isFinal(status)) count(String(record.plan), -1)
  }
  return [...intents.values()].filter(({ plan }) => (open.get(plan) ?? 0) > 0)
}
