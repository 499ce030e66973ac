import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { balanceTransfer, configuratorTopics, oracleTopics, poolTopics, providerTopics } from './events.ts'
import { type AaveMarket, type Account, isPool, isReserve } from './records.ts'

/** Grows with the reserves, never with the accounts. */
export function watches(book: Book<AaveMarket, Account>): readonly LogFilter[] {
  const markets = [...book.markets()]
  const aTokens = markets.filter(isReserve).map(({ data }) => data.aToken)
  return [
    ...markets.filter(isPool).flatMap(({ data }): LogFilter[] => [
      { addresses: [data.pool], topics: [poolTopics] },
      { addresses: [data.configurator], topics: [configuratorTopics] },
      { addresses: [data.oracle], topics: [oracleTopics] },
      { addresses: [data.provider], topics: [providerTopics] },
    ]),
    ...(aTokens.length === 0 ? [] : [{ addresses: aTokens, topics: [[balanceTransfer]] }]),
  ]
}
