import type { FeedId } from '#core/feed.ts'
import type { View } from '#core/world.ts'
import type { Mirror } from '../engine/mirror.ts'
import { pricingFeeds } from '../engine/worth.ts'
import { groupOf } from '../stress/shock.ts'
import { feedVolatility } from '../watch/feed-volatility.ts'
import type { PriceRisk } from '../watch/watch.ts'
import type { Watching } from './watch-options.ts'
import { symbolIn, type Tokens } from './watch-text.ts'

type Of = { readonly mirror: Mirror; readonly view: View; readonly tokens: Tokens; readonly watching: Watching }

/**
 * How much each of these feeds moves in a year: as given for its token (or for the token it is priced in, where only that
 * one is given), else as its own history over so many blocks says. Feeds of which neither tells are left out.
 */
export async function volatilities(
  { mirror, view, tokens, watching }: Of,
  wanted: ReadonlySet<FeedId>,
): Promise<ReadonlyMap<FeedId, NonNullable<PriceRisk['volatility']>>> {
  const found = new Map<FeedId, NonNullable<PriceRisk['volatility']>>()
  const { prices } = mirror.feeds()
  const from = view.block.number - watching.historyBlocks
  for (const feed of pricingFeeds(mirror)) {
    if (!wanted.has(feed.id)) continue
    const sides = [feed.prices?.token ?? 'usd', feed.prices?.quote ?? 'usd'] as const
    const symbols = sides.map((one) => symbolIn(tokens, one).toUpperCase())
    const given = symbols.map((symbol) => watching.volatility.get(symbol) ?? watching.volatility.get(groupOf(symbol)))
    const sigma = given[0] ?? given[1]
    if (sigma !== undefined) {
      found.set(feed.id, { sigma, from: 'given' })
      continue
    }
    const told = await feedVolatility(view, feed, (contract) => prices.aggregatorsOf(contract), from)
    if (told !== null) found.set(feed.id, { sigma: told.sigma, from: `of ${told.rounds} rounds` })
  }
  return found
}
