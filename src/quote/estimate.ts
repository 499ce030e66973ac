import type { Context } from './context.ts'
import { estimateGas } from './gas.ts'
import { cheapest } from './lend.ts'
import type { Offer } from './offer.ts'
import { hopGas } from './realise.ts'
import { searchRoutes } from './search-routes.ts'
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

/** Best sizes and route of these offers together. `floor`: below it nobody cares how far. */
export function estimate(
  context: Context,
  offers: readonly Offer[],
  floor: number = Number.NEGATIVE_INFINITY,
): Estimate {
  const key = keyOf(context, offers)
  const known = context.memo.estimates.get(key)
  if (known !== undefined) return known
  const found = searchRoutes(context, offers, opened(context, offers), floor)
  if (found.net > floor) context.memo.estimates.set(key, found)
  return found
}

/**
 * No less than what these offers may come to, in wei: every pool used for nothing, and arbitrage beside the exit
 * counted in. One clearing, mostly.
 */
export function atMost(context: Context, offers: readonly Offer[]): number {
  const { gasUnits } = gasOf(context, offers, [])
  return opened(context, offers).clearing.value - gasUnits * Number(context.request.gas.price)
}

const keyOf = ({ memo }: Context, offers: readonly Offer[]): string => offers.map((one) => memo.idOf(one)).join(' ')

function opened(context: Context, offers: readonly Offer[]): Sizing {
  const key = keyOf(context, offers)
  const sizing =
    context.memo.opened.get(key) ?? sized(context, offers, new Uint8Array(2 * context.graph.hops.length), context.first)
  context.memo.opened.set(key, sizing)
  return sizing
}

/** Sizes with some sides closed; `start`: prices near which it will clear. */
export const sized = (
  { graph, first }: Context,
  offers: readonly Offer[],
  closed: Uint8Array,
  start: Float64Array,
): Sizing =>
  size(
    graph,
    offers.map(({ span }) => span),
    closed,
    first,
    start,
  )

/** Gas of these offers through these hops, and of each asset's loan. */
export function gasOf(
  context: Context,
  offers: readonly Offer[],
  used: readonly number[],
): { gasUnits: number; wraps: ReadonlyMap<string, number> } {
  const wraps = new Map<string, number>()
  for (const { candidate, ends } of offers) {
    const asset = candidate.opportunity.pays?.asset
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
