import { Interface } from 'ethers'
import { aaveV2Oracle } from '#abis/aave-v2.ts'
import { type Address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { type Feed, type FeedId, feedId } from '#core/feed.ts'
import { type AaveMarket, type Account, isPool, isReserve, type Pool, type Reserve } from './records.ts'

const oracle = new Interface(aaveV2Oracle)

export const priceFeed = (at: Address, asset: Address): FeedId => feedId(`aave-v2/${at}/${asset}`)

/** A price for each reserve, in wei of native currency. */
export function feeds(book: Book<AaveMarket, Account>): readonly Feed[] {
  return [...book.markets()].filter(isPool).flatMap(({ data: pool }) =>
    pool.slots.flatMap((id) => {
      const market = book.market(id)
      return isReserve(market) ? [reserveFeed(pool, market.data)] : []
    }),
  )
}

/**
 * The source's answer is the price as it stands; one of 0 or less sends the pool to its fallback oracle, which is treated
 * as no price. The asset that prices are in has none. Source: AaveOracle.getAssetPrice.
 */
function reserveFeed(pool: Pool, { asset, source, unit }: Reserve): Feed {
  const isAsked = source === ZERO_ADDRESS
  return {
    id: priceFeed(pool.oracle, asset),
    sources: isAsked ? [] : [{ kind: 'price', contract: source }],
    unit: 'wei per token',
    prices: { token: asset, quote: 'native', scale: 1 / Number(unit) },
    derive: isAsked
      ? null
      : ([answer]) => (answer === undefined || answer === null || answer.value <= 0n ? null : answer),
    nextChange: null,
    read: {
      to: pool.oracle,
      data: oracle.encodeFunctionData('getAssetPrice', [asset]) as Hex,
      decode: (answer) => BigInt(answer),
    },
  }
}
