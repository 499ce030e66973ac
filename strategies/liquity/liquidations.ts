import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { liquidation } from './events.ts'
import type { System, Trove } from './records.ts'

/** One a call, however many troves it takes. */
export const liquidations = (book: Book<System, Trove>): readonly LogFilter[] =>
  [...book.markets()].map(({ data }) => ({ addresses: [data.manager], topics: [liquidation] }))
