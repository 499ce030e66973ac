import { Interface } from 'ethers'
import { liquityManager, liquityPriceFeed } from '#abis/liquity.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { type Feed, type FeedId, feedId } from '#core/feed.ts'
import type { Source, System, Trove } from './records.ts'

const manager = new Interface(liquityManager('LUSD'))
const priceFeed = new Interface(liquityPriceFeed)

export const feedIds = (of: Address): Readonly<Record<'price' | 'mcr' | 'ccr' | 'divisor', FeedId>> => ({
  price: feedId(`liquity/${of}/price`),
  mcr: feedId(`liquity/${of}/mcr`),
  ccr: feedId(`liquity/${of}/ccr`),
  divisor: feedId(`liquity/${of}/divisor`),
})

/**
 * The price that `fetchPrice` would return, and the parameters: a fork's owner changes those without a log, so they are
 * asked as a price is, block by block.
 */
export function feeds(book: Book<System, Trove>): readonly Feed[] {
  return [...book.markets()].flatMap(({ data }) => {
    const ids = feedIds(data.manager)
    const parameter = (id: FeedId, to: Address, name: string): Feed =>
      askedFeed(id, 'wad', to, manager.encodeFunctionData(name) as Hex)
    return [
      priceOf(data, ids.price),
      parameter(ids.mcr, data.manager, 'MCR'),
      parameter(ids.ccr, data.manager, 'CCR'),
      { ...parameter(ids.divisor, data.parameters, 'PERCENT_DIVISOR'), unit: 'collateral per wei paid out' },
    ]
  })
}

/** Asked, or where a Chainlink proxy stands behind it and is trusted now, known before it lands. */
function priceOf({ priceFeed: at, source }: System, id: FeedId): Feed {
  const read = askedFeed(id, 'usd-1e18 per 1e18', at, priceFeed.encodeFunctionData('fetchPrice') as Hex)
  const asked: Feed = { ...read, prices: { token: 'native', quote: 'usd', scale: 1e-36 } }
  if (source === null) return asked
  return {
    ...asked,
    sources: [{ kind: 'price', contract: source.contract }],
    derive: ([answer], block) => {
      if (answer === undefined || answer === null || answer.value <= 0n) return null
      return isFrozen(source, answer.updatedAt, block.timestamp)
        ? null
        : { value: answer.value * source.scale, updatedAt: answer.updatedAt }
    },
  }
}

/** Source: PriceFeed._chainlinkIsFrozen. */
const isFrozen = ({ timeoutSeconds }: Source, updatedAt: number, timestamp: number): boolean =>
  timeoutSeconds !== null && timestamp - updatedAt > timeoutSeconds

const askedFeed = (id: FeedId, unit: string, to: Address, data: Hex): Feed => ({
  ...{ id, unit, sources: [], derive: null, nextChange: null },
  read: { to, data, decode: (answer) => BigInt(answer.slice(0, 66)) },
})
