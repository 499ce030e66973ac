import { Interface } from 'ethers'
import { compoundV3 } from '#abis/compound-v3.ts'
import type { Address, Hex } from '#core/address.ts'
import { type Feed, type FeedId, feedId, type Priced } from '#core/feed.ts'
import { type CometBook, cometIn } from './records.ts'

const main = new Interface(compoundV3)

export const priceFeedId = (comet: Address, priceFeed: Address): FeedId => feedId(`compound-v3/${comet}/${priceFeed}`)

/** Each price feed once. The unit is dollars on most Comets, and the base token itself on some. */
export function feeds(book: CometBook): readonly Feed[] {
  const market = cometIn(book)
  if (market === undefined) return []
  const { comet, base, baseScale, basePriceFeed, assets } = market.data
  const all = [
    { asset: base, scale: baseScale, priceFeed: basePriceFeed },
    ...assets.map(({ asset, scale, priceFeed }) => ({ asset, scale, priceFeed })),
  ]
  const feedsOnce = new Map(all.map((one) => [one.priceFeed, one]))
  return [...feedsOnce.values()].map(({ asset, scale, priceFeed }) =>
    feedOf(comet, priceFeed, { token: asset, quote: 'usd', scale: 1e-8 / Number(scale) }),
  )
}

/** The feed's answer is the price as it stands; one of 0 or less reverts. Source: Comet.getPrice. */
const feedOf = (comet: Address, priceFeed: Address, prices: Priced): Feed => ({
  id: priceFeedId(comet, priceFeed),
  sources: [{ kind: 'price', contract: priceFeed }],
  unit: 'quote-1e8 per token',
  prices,
  derive: ([answer]) => (answer === undefined || answer === null || answer.value <= 0n ? null : answer),
  nextChange: null,
  read: {
    to: comet,
    data: main.encodeFunctionData('getPrice', [priceFeed]) as Hex,
    decode: (answer) => BigInt(answer.slice(0, 66)),
  },
})
