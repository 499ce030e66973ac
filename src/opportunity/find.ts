import type { Market, Position, PositionId } from '#core/book.ts'
import { type Blocked, isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { type Picked, scan } from './scan.ts'

/** A position that its strategy could not judge: numbers no honest contract has, or a fault of ours. */
export type Faulty = { readonly positions: readonly PositionId[]; readonly error: unknown }
export type Found = {
  readonly opportunities: readonly Opportunity[]
  readonly blocked: readonly Blocked[]
  readonly faulty: readonly Faulty[]
}

/** Who can be liquidated in a scene on which terms, and who is below the line but shielded. `picked`: by a screen, where one is kept. */
export function find(strategy: Strategy, scene: Scene, picked: Picked = scan(strategy, scene)): Found {
  const opportunities: Opportunity[] = []
  const blocked: Blocked[] = []
  const faulty: Faulty[] = []
  for (const [marketId, candidates] of picked) {
    const market = scene.book.market(marketId)
    if (market === undefined) continue
    for (const one of assessed(strategy, scene, market, candidates, faulty)) {
      if (isBlocked(one)) blocked.push(one)
      else opportunities.push(one)
    }
  }
  return { opportunities, blocked, faulty }
}

/** Where one of many cannot be judged, each is judged alone: anybody can make a market, and none may stop the others. */
function assessed(
  strategy: Strategy,
  scene: Scene,
  market: Market,
  candidates: readonly Position[],
  faulty: Faulty[],
): readonly (Opportunity | Blocked)[] {
  try {
    return strategy.assess(scene, market, candidates)
  } catch (error) {
    if (candidates.length > 1) return candidates.flatMap((one) => assessed(strategy, scene, market, [one], faulty))
    faulty.push({ positions: candidates.map(({ id }) => id), error })
    return []
  }
}
