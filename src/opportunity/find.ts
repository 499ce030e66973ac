import { type Blocked, isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { screen } from './screen.ts'

export type Found = { readonly opportunities: readonly Opportunity[]; readonly blocked: readonly Blocked[] }

/** Who can be liquidated in a scene on which terms, and who is below the line but shielded. */
export function find(strategy: Strategy, scene: Scene): Found {
  const opportunities: Opportunity[] = []
  const blocked: Blocked[] = []
  for (const [marketId, candidates] of screen(strategy, scene)) {
    const market = scene.book.market(marketId)
    if (market === undefined) continue
    for (const one of strategy.assess(scene, market, candidates)) {
      if (isBlocked(one)) blocked.push(one)
      else opportunities.push(one)
    }
  }
  return { opportunities, blocked }
}
