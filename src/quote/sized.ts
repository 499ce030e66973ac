import type { Context } from './context.ts'
import { estimateGas } from './gas.ts'
import { cheapest } from './lend.ts'
import type { Offer } from './offer.ts'
import { paysItself } from './pays-itself.ts'
import { hopGas } from './realise.ts'
import { type Sizing, size } from './size.ts'

/** What some offers would come to together, in floats: `net` after gas, sizes, and the sides it is better without. */
export type Estimate = {
  readonly offers: readonly Offer[]
  readonly net: number
  readonly sizing: Sizing
  readonly closed: Uint8Array
  readonly used: readonly number[]
  readonly gasUnits: number
  /** Gas of the loan of each asset owed. */
  readonly wraps: ReadonlyMap<string, number>
}

/** Sizes with some sides closed; `start`: prices near which it will clear. Shares found before are where it begins. */
export function sized(
  { graph, first, memo }: Context,
  offers: readonly Offer[],
  closed: Uint8Array,
  start: Float64Array,
): Sizing {
  const spans = offers.map(({ span }) => span)
  const near = offers.map((offer) => memo.shares.get(offer) ?? 1)
  const found = size(graph, spans, closed, first, start, near)
  for (const [i, offer] of offers.entries()) memo.shares.set(offer, found.shares[i] ?? 1)
  return found
}

/** Gas of these offers through these hops, and of each asset's loan. */
export function gasOf(
  context: Context,
  offers: readonly Offer[],
  used: readonly number[],
): { gasUnits: number; wraps: ReadonlyMap<string, number> } {
  const wraps = new Map<string, number>()
  for (const { candidate, ends } of offers) {
    const asset = candidate.opportunity.pays?.asset
    if (paysItself(candidate.opportunity, offers.length)) continue
    if (asset !== undefined && asset !== 'native' && ends[1].repay > 0n)
      wraps.set(asset, cheapest(context.request.lenders, asset, ends[1].repay)?.wrapGas ?? 0)
  }
  const gasUnits = estimateGas(
    offers.map(({ candidate, ends }) => ({ candidate, terms: ends[1] })),
    [...wraps.values()],
    used.map((hop) => hopGas(context, hop)),
  )
  return { gasUnits, wraps }
}
