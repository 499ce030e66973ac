import type { Address } from '#core/address.ts'
import type { Patch } from '#core/book.ts'
import type { Feed, FeedId, Reading } from '#core/feed.ts'
import { plainToken } from '../engine/worth.ts'
import type { Factors } from './shock.ts'

const parts = 1_000_000_000_000n

/**
 * Feeds as they read where oracles say that tokens have moved so: each by its token, against what it is priced in; to a
 * billionth of a thousandth, so that one that has not moved reads as before.
 */
export function shockedFeeds(
  feeds: readonly Feed[],
  now: (id: FeedId) => Reading,
  factor: Factors,
  wrapped: Address,
): readonly Patch[] {
  return feeds.flatMap(({ id, prices }): readonly Patch[] => {
    const reading = now(id)
    if (prices === undefined || reading === null) return []
    const against = prices.quote === 'usd' ? 1 : factor(plainToken(prices.quote, wrapped))
    const by = factor(plainToken(prices.token, wrapped)) / against
    const value = (reading.value * BigInt(Math.round(by * Number(parts)))) / parts
    return [{ op: 'put-feed', id, reading: { ...reading, value } }]
  })
}
