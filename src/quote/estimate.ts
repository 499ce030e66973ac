import { gasPriceOf } from './beside.ts'
import type { Context } from './context.ts'
import type { Offer } from './offer.ts'
import { searchRoutes } from './search-routes.ts'
import type { Sizing } from './size.ts'
import { type Estimate, gasOf, sized } from './sized.ts'

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
  return opened(context, offers).clearing.value - gasUnits * gasPriceOf(context)
}

const keyOf = ({ memo }: Context, offers: readonly Offer[]): string => offers.map((one) => memo.idOf(one)).join(' ')

/** Sizes with every pool open. */
export function opened(context: Context, offers: readonly Offer[]): Sizing {
  const key = keyOf(context, offers)
  const sizing =
    context.memo.opened.get(key) ?? sized(context, offers, new Uint8Array(2 * context.graph.hops.length), context.first)
  context.memo.opened.set(key, sizing)
  return sizing
}
