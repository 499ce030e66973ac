import { type Blocked, isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { type Picked, scan } from './scan.ts'

export type Found = { readonly opportunities: readonly Opportunity[]; readonly blocked: readonly Blocked[] }

/** Who can be liquidated in a scene on which terms, and who is below the line but shielded. `picked`: by a screen, where one is kept. */
export function find(strategy: Strategy, scene: Scene, picked: Picked = scan(strategy, scene)): Found {
  const opportunities: Opportunity[] = []
  const blocked: Blocked[] = []
  for (const [marketId, candidates] of picked) {
    const market = scene.book.market(marketId)
    if (market === undefined) continue
    for (const one of strategy.assess(scene, market, candidates)) {
      if (isBlocked(one)) blocked.push(one)
      else opportunities.push(one)
    }
  }
  return { opportunities, blocked }
}
