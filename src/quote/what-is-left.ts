import type { Patch } from '#core/book.ts'
import { isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Scene } from '#core/scene.ts'
import type { Candidate } from './offer.ts'
import type { Realised, Taking } from './realise.ts'

/** What these steps leave in the book of a candidate's protocol. */
export const patchesOf = (takings: readonly Taking[], { module }: Candidate): readonly Patch[] =>
  takings.flatMap(({ candidate, terms }) => (candidate.module === module ? terms.after : []))

/** Opportunities on the same positions in another scene. */
export function openAgain({ module }: Candidate, { market: id, positions }: Opportunity, scene: Scene): Opportunity[] {
  const market = scene.book.market(id)
  const there = positions.flatMap((one) => scene.book.position(one) ?? [])
  if (market === undefined || there.length === 0) return []
  return module.assess(scene, market, there).filter((one): one is Opportunity => !isBlocked(one))
}

/** Of a net of tokens, at the prices of a plan; in wei. */
export const worth = ({ clearing }: Realised, net: Float64Array): number =>
  net.reduce((sum, one, token) => sum + one * (clearing.prices[token] ?? 0), 0)
