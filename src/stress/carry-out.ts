import type { MarketId } from '#core/book.ts'
import type { Plan } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Laid } from './laid.ts'

/**
 * Lays over the book what a plan leaves behind: its steps' records, and its pools after every swap, sold to as they
 * stand. `specOf` is the scene with all that is laid by then.
 */
export function carryOut(mirror: Mirror, plan: Plan, laid: Laid, specOf: () => SceneSpec): void {
  for (const { opportunity, terms } of plan.steps) {
    const owner = mirror.modules.strategies.find(
      ({ key }) => mirror.bookOf(key, specOf()).market(opportunity.market) !== undefined,
    )
    if (owner !== undefined) laid.put(owner.key, terms.after)
  }
  const admitted = [...mirror.admittedPools()]
  for (const { venue: name, pool: at, sell } of plan.legs) {
    const known = admitted.find(({ venue, id }) => venue.name === name && isOf(id, at))
    const pool = known === undefined ? undefined : mirror.bookOf(known.key, specOf()).market(known.id)
    if (known === undefined || pool === undefined || sell.asset === 'native') continue
    const done = known.venue.module.sell(pool, sell.asset, sell.amount)
    if (done !== null) laid.put(known.key, [{ op: 'put-market', market: done.after }])
  }
}

const isOf = (id: MarketId, pool: string): boolean => id.toLowerCase() === pool.toLowerCase()
