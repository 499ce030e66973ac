import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { healBorrow, liquidateBorrow } from './events.ts'
import { type Account, type CompoundMarket, isCToken } from './records.ts'

/** What is liquidated or healed is told by the market of the debt. */
export function liquidations(book: Book<CompoundMarket, Account>): readonly LogFilter[] {
  const addresses = [...book.markets()].filter(isCToken).map(({ data }) => data.cToken)
  return addresses.length === 0 ? [] : [{ addresses, topics: [[liquidateBorrow, healBorrow]] }]
}
