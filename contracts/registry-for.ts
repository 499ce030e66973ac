import type { Trust } from '#core/trust.ts'
import type { View } from '#core/world.ts'
import {
  exitEntry,
  factoryEntry,
  type initCodeHashes,
  lenderEntry,
  peerEntry,
  type RegistryEntry,
  spenderEntry,
  targetEntry,
} from './registry.ts'

type Trusting = {
  readonly name: string
  readonly config: unknown
  readonly definition: { trusts?(view: View, config: unknown): Promise<readonly Trust[]> }
}

/** What the executor must have registered to serve everything chosen, each entry once. @throws as `View` does. */
export async function registryFor(view: View, chosen: readonly Trusting[]): Promise<readonly RegistryEntry[]> {
  const entries = new Map<string, RegistryEntry>()
  for (const { name, config, definition } of chosen) {
    const trusts = (await definition.trusts?.(view, config)) ?? []
    for (const entry of trusts.map((trust) => entryOf(name, trust))) entries.set(entry.key, entry)
  }
  return [...entries.values()]
}

function entryOf(name: string, trust: Trust): RegistryEntry {
  if (trust.kind === 'lender') return lenderEntry(name, trust.lender)
  if (trust.kind === 'spender') return spenderEntry(trust.who)
  if (trust.kind === 'peer') return peerEntry(trust.who)
  if (trust.kind === 'exit') return exitEntry(trust)
  // The name is looked up again, and refused where the executor has no module for it.
  if (trust.kind === 'factory')
    return factoryEntry(name as keyof typeof initCodeHashes, trust.factory, trust.initCodeHash ?? undefined)
  return targetEntry(trust.to, trust.selector, {
    ...(trust.recipientArgument === null ? {} : { recipientArgument: trust.recipientArgument }),
    ...(trust.watched === null ? {} : { watched: trust.watched }),
  })
}
