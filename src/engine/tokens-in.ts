import type { Address } from '#core/address.ts'
import type { Mirror } from './mirror.ts'
import { plainToken, pricingFeeds } from './worth.ts'

/** Every token of a book that people need a name for: what feeds price, and what admitted pools trade. */
export function tokensIn(mirror: Mirror, wrapped: Address): readonly Address[] {
  const priced = pricingFeeds(mirror).flatMap(({ prices }) =>
    prices === undefined ? [] : [prices.token, prices.quote],
  )
  const pools = [...mirror.admittedPools()].flatMap(({ key, venue, id }) => {
    const pool = mirror.books.shelf(key).market(id)
    return pool === undefined ? [] : venue.module.tokens(pool)
  })
  const assets = priced.flatMap((one) => (one === 'usd' ? [] : [plainToken(one, wrapped)]))
  return [...new Set([wrapped, ...assets, ...pools])]
}
