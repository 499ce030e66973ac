import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { liquidationCall } from './events.ts'
import { type AaveMarket, type Account, isPool } from './records.ts'

/** A pool's reserves are all followed, so that its own log tells of all there is. */
export const liquidations = (book: Book<AaveMarket, Account>): readonly LogFilter[] =>
  [...book.markets()].filter(isPool).map(({ data }) => ({ addresses: [data.pool], topics: [liquidationCall] }))
