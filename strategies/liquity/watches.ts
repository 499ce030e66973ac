import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { managerTopics, poolTopics, statusChanged, troveCreated, troveUpdated } from './events.ts'
import type { System, Trove } from './records.ts'

/** Does not grow with the troves. */
export function watches(book: Book<System, Trove>): readonly LogFilter[] {
  return [...book.markets()].flatMap(({ data }): LogFilter[] => {
    const { activeColl, activeDebt, defaultColl, defaultDebt, deposits, etherSent } = poolTopics(data.symbol)
    return [
      { addresses: [data.manager], topics: [managerTopics] },
      { addresses: [data.borrowerOperations], topics: [[troveCreated, troveUpdated]] },
      { addresses: [data.activePool], topics: [[activeColl, activeDebt, etherSent]] },
      { addresses: [data.defaultPool], topics: [[defaultColl, defaultDebt]] },
      { addresses: [data.stabilityPool], topics: [[deposits]] },
      { addresses: [data.priceFeed], topics: [[statusChanged]] },
    ]
  })
}
