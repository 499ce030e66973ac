import { Interface } from 'ethers'
import { aaveV3Oracle, aaveV3Sentinel } from '#abis/aave-v3.ts'
import { type Address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { callData } from '#core/call-data.ts'
import { type Feed, type FeedId, feedId } from '#core/feed.ts'
import { type AaveMarket, type Account, isPool, isReserve, type Pool, type Reserve } from './records.ts'

const oracleInterface = new Interface(aaveV3Oracle)
const getAssetPrice = oracleInterface.getFunction('getAssetPrice')?.selector as Hex
const sentinelInterface = new Interface(aaveV3Sentinel)

export const priceFeed = (oracle: Address, asset: Address): FeedId => feedId(`aave-v3/${oracle}/${asset}`)
export const sentinelFeed = (pool: Pool): FeedId => feedId(`aave-v3/${pool.pool}/sentinel`)

/** A price for each reserve, 3.0's common e-mode prices, and whether the sequencer's sentinel lets anybody act. */
export function feeds(book: Book<AaveMarket, Account>): readonly Feed[] {
  return [...book.markets()].filter(isPool).flatMap(({ data: pool }) => {
    const reserves = pool.slots.flatMap((id) => {
      const market = id === null ? undefined : book.market(id)
      return isReserve(market) ? [reserveFeed(pool, market.data)] : []
    })
    const common = pool.emodes.flatMap(({ priceSource }) =>
      priceSource === null ? [] : [askedFeed(pool, priceSource)],
    )
    const all = [...reserves, ...common, ...(pool.sentinel === null ? [] : [sentinel(pool, pool.sentinel)])]
    return [...new Map(all.map((feed) => [feed.id, feed])).values()]
  })
}

/**
 * The source's answer is the price as it stands; one of 0 or less sends the pool to its fallback oracle, which is treated
 * as no price. Source: AaveOracle.getAssetPrice.
 */
function reserveFeed(pool: Pool, reserve: Reserve): Feed {
  const prices = { token: reserve.asset, quote: 'usd', scale: 1e-8 / Number(reserve.unit) } as const
  const asked = { ...askedFeed(pool, reserve.asset), prices }
  if (reserve.source === ZERO_ADDRESS) return asked
  return {
    ...asked,
    sources: [{ kind: 'price', contract: reserve.source }],
    derive: ([answer]) => (answer === undefined || answer === null || answer.value <= 0n ? null : answer),
  }
}

const askedFeed = (pool: Pool, asset: Address): Feed => ({
  id: priceFeed(pool.oracle, asset),
  sources: [],
  unit: 'base-1e8 per token',
  derive: null,
  nextChange: null,
  read: {
    to: pool.oracle,
    data: callData(getAssetPrice, asset),
    decode: (answer) => BigInt(answer.slice(0, 66)),
  },
})

const sentinel = (pool: Pool, at: Address): Feed => ({
  id: sentinelFeed(pool),
  sources: [],
  unit: '1 when liquidations are allowed',
  derive: null,
  nextChange: null,
  read: {
    to: at,
    data: sentinelInterface.encodeFunctionData('isLiquidationAllowed') as Hex,
    decode: (answer) => BigInt(answer.slice(0, 66)),
  },
})
