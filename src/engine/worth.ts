import type { Address, Asset } from '#core/address.ts'
import { ZERO_ADDRESS } from '#core/address.ts'
import type { Feed, FeedId, Reading } from '#core/feed.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { Mirror } from './mirror.ts'

/** Dollars that one smallest unit of an asset is worth, as protocols price it; `null` where none does. A float. */
export type Worth = (asset: Asset) => number | null

/** Every strategy's feeds that price one token, each once. */
export function pricingFeeds(mirror: Mirror): readonly Feed[] {
  return [
    ...new Map(
      mirror.allFeeds().flatMap((feed) => (feed.prices === undefined ? [] : [[feed.id, feed] as const])),
    ).values(),
  ]
}

/** The chain's own currency is worth what it is wrapped in. */
export const plainToken = (asset: Asset, wrapped: Address): Address =>
  asset === 'native' || asset === ZERO_ADDRESS ? wrapped : asset

/**
 * In a scene: dollars where a feed gives them, else what it is priced in is worth; what no feed prices, by the first
 * admitted pool that joins it to what is priced.
 */
export function worthIn(mirror: Mirror, spec: SceneSpec, wrapped: Address, feeds = pricingFeeds(mirror)): Worth {
  const key = mirror.modules.strategies[0]?.key ?? ''
  const { feed } = mirror.sceneOf(key, spec)
  const known = pricesOf(feeds, feed, wrapped)
  for (const { key: owner, venue, id } of mirror.admittedPools()) {
    const pool = mirror.bookOf(owner, spec).market(id)
    if (pool === undefined) continue
    const [a, b] = venue.module.tokens(pool)
    for (const [token, other] of [[a, b] as const, [b, a] as const]) {
      const price = known.get(other)
      const root = venue.module.curve(pool, token)[0]
      if (!known.has(token) && price !== undefined && root !== undefined) known.set(token, price * root ** 2)
    }
  }
  return (asset) => known.get(plainToken(asset, wrapped)) ?? null
}

/** By feeds alone: no pool is looked at. */
export function worthByFeeds(feeds: readonly Feed[], feed: (id: FeedId) => Reading, wrapped: Address): Worth {
  const known = pricesOf(feeds, feed, wrapped)
  return (asset) => known.get(plainToken(asset, wrapped)) ?? null
}

/** Dollars by a smallest unit; a price in another token follows once that one is known. */
function pricesOf(feeds: readonly Feed[], feed: (id: FeedId) => Reading, wrapped: Address): Map<Address, number> {
  const known = new Map<Address, number>()
  for (let before = -1; before !== known.size; ) {
    before = known.size
    for (const { id, prices } of feeds) {
      if (prices === undefined) continue
      const token = plainToken(prices.token, wrapped)
      const quote = prices.quote === 'usd' ? 1 : known.get(plainToken(prices.quote, wrapped))
      const reading = feed(id)
      if (known.has(token) || quote === undefined || reading === null) continue
      known.set(token, Number(reading.value) * prices.scale * quote)
    }
  }
  return known
}
