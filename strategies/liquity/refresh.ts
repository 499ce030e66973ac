import type { Dirty, Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { LiquityConfig } from './config.ts'
import { readSystem } from './read-system.ts'
import { readTroves } from './read-troves.ts'
import { ownerOfId, type System, systemId, type Trove } from './records.ts'

/** A system whose contracts or price feed have changed, and troves that are doubted; closed ones are dropped. */
export async function refresh(
  config: LiquityConfig,
  view: View,
  dirty: Dirty,
): Promise<readonly Patch<System, Trove>[]> {
  const patches: Patch<System, Trove>[] = []
  if (dirty.markets.includes(systemId(config.troveManager)))
    patches.push({ op: 'put-market', market: await readSystem(view, config) })
  const ids = [...new Set(dirty.positions)]
  const open = ids.length === 0 ? [] : await readTroves(view, config.troveManager, ids.map(ownerOfId))
  const found = new Set(open.map(({ id }) => id))
  return [
    ...patches,
    ...open.map((position): Patch<System, Trove> => ({ op: 'put-position', position })),
    ...ids.flatMap((id): Patch<System, Trove>[] => (found.has(id) ? [] : [{ op: 'drop-position', id }])),
  ]
}
