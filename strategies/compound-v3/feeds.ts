import { Interface } from 'ethers'
import { compoundV3 } from '#abis/compound-v3.ts'
import type { Address, Hex } from '#core/address.ts'
import { type Feed, type FeedId, feedId } from '#core/feed.ts'
import { type CometBook, cometIn } from './records.ts'

const main = new Interface(compoundV3)

export const priceFeedId = (comet: Address, priceFeed: Address): FeedId => feedId(`compound-v3/${comet}/${priceFeed}`)

/** Each price feed once. The unit is dollars on most Comets, and the base token itself on some. */
export function feeds(book: CometBook): readonly Feed[] {
  const market = cometIn(book)
  if (market === undefined) return []
  const { comet, basePriceFeed, assets } = market.data
  const all = [basePriceFeed, ...assets.map(({ priceFeed }) => priceFeed)]
  return [...new Set(all)].map((priceFeed) => feedOf(comet, priceFeed))
}

/** The feed's answer is the price as it stands; one of 0 or less reverts. Source: Comet.getPrice. */
const feedOf = (comet: Address, priceFeed: Address): Feed => ({
  id: priceFeedId(comet, priceFeed),
  sources: [{ kind: 'price', contract: priceFeed }],
  unit: 'quote-1e8 per token',
  derive: ([answer]) => (answer === undefined || answer === null || answer.value <= 0n ? null : answer),
  nextChange: null,
  read: {
    to: comet,
    data: main.encodeFunctionData('getPrice', [priceFeed]) as Hex,
    decode: (answer) => BigInt(answer.slice(0, 66)),
  },
})
