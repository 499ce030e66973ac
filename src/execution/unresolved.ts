import type { Store } from '#core/world.ts'
import { type AttemptEvent, type Intent, isFinal } from './intent.ts'

/** Intents whose fate the journal does not tell: what may still be out there after a crash at any line. */
export async function unresolvedIntents(store: Store): Promise<readonly Intent[]> {
  const intents = new Map<string, Intent>()
  for await (const record of store.read('intent', 0)) intents.set(String(record.plan), record as unknown as Intent)
  const fates = new Map<string, AttemptEvent['status']>()
  for await (const record of store.read('attempt', 0))
    fates.set(String(record.plan), record.status as AttemptEvent['status'])
  return [...intents.values()].filter((intent) => {
    const fate = fates.get(intent.plan)
    return fate === undefined || !isFinal(fate)
  })
}
