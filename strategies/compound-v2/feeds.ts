import { Interface } from 'ethers'
import { compoundOracle } from '#abis/compound-v2.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { type Feed, type FeedId, feedId, type Reading } from '#core/feed.ts'
import { type Account, type CompoundMarket, isCToken, isHub } from './records.ts'

const oracle = new Interface(compoundOracle)

export const priceFeed = (of: Address, cToken: Address): FeedId => feedId(`compound-v2/${of}/${cToken}`)

/**
 * One for each market; 0 is no price. Where the feed behind an oracle is known the price is its answer, scaled; oracles
 * differ from fork to fork, so others are asked.
 */
export function feeds(book: Book<CompoundMarket, Account>): readonly Feed[] {
  const hubs = new Map([...book.markets()].filter(isHub).map(({ data }) => [data.comptroller, data]))
  return [...book.markets()]
    .filter(isCToken)
    .flatMap(({ data: { comptroller, cToken, underlying, feed, source, scale } }): Feed[] => {
      const hub = hubs.get(comptroller)
      if (hub === undefined) return []
      return [
        {
          id: feed,
          sources: source === null ? [] : [{ kind: 'price', contract: source }],
          unit: 'usd-1e36 per unit of the underlying, less its decimals',
          prices: { token: underlying, quote: 'usd', scale: 1e-36 },
          derive: source === null ? null : ([answer]) => scaled(answer ?? null, scale),
          nextChange: null,
          read: {
            to: hub.oracle,
            data: oracle.encodeFunctionData('getUnderlyingPrice', [cToken]) as Hex,
            decode: (answer) => BigInt(answer.slice(0, 66)),
          },
        },
      ]
    })
}

/** Source: ChainlinkOracle._getPriceInternal; an answer of 0 or less is refused. */
const scaled = (answer: Reading, scale: bigint): Reading =>
  answer === null || answer.value <= 0n ? null : { ...answer, value: answer.value * scale }
