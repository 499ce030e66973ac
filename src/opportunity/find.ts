import type { PositionId } from '#core/book.ts'
import { type Blocked, isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { screen } from './screen.ts'

export type Found = { readonly opportunities: readonly Opportunity[]; readonly blocked: readonly Blocked[] }

/** Who can be liquidated in a scene on which terms, and who is below the line but shielded. */
export function find(strategy: Strategy, scene: Scene, only: ReadonlySet<PositionId> | null = null): Found {
  const opportunities: Opportunity[] = []
  const blocked: Blocked[] = []
  for (const [marketId, near] of screen(strategy, scene)) {
    const candidates = only === null ? near : near.filter((position) => only.has(position.id))
    const market = scene.book.market(marketId)
    if (market === undefined || candidates.length === 0) continue
    for (const one of strategy.assess(scene, market, candidates)) {
      if (isBlocked(one)) blocked.push(one)
      else opportunities.push(one)
    }
  }
  return { opportunities, blocked }
}
