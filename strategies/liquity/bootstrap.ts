import type { Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { LiquityConfig } from './config.ts'
import { readSystem } from './read-system.ts'
import { readOwners, readTroves } from './read-troves.ts'
import type { System, Trove } from './records.ts'

const pageSize = 500

/** The system, then whoever is in its own list of owners, page by page: no logs are needed. */
export async function* bootstrap(config: LiquityConfig, view: View): AsyncIterable<readonly Patch<System, Trove>[]> {
  const market = await readSystem(view, config)
  yield [{ op: 'put-market', market }]
  const count = Number(market.data.troves)
  for (let from = 0; from < count; from += pageSize) {
    const owners = await readOwners(view, config.troveManager, from, Math.min(pageSize, count - from))
    const troves = await readTroves(view, config.troveManager, owners)
    yield troves.map((position) => ({ op: 'put-position', position }))
  }
}
