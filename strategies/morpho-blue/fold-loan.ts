import type { Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Folded, nothingFolded } from '#core/book.ts'
import { most } from '#core/numbers.ts'
import * as events from './events.ts'
import { type Blue, type BlueMarket, type BluePosition, borrowerOfLoan, isEmpty, type Loan, loanId } from './records.ts'

type Change = { readonly borrower: 2 | 3; readonly collateral: bigint; readonly shares: bigint }

/** Whom a log of Morpho's is about (by topic), and what it adds; `null` where it is about no loan. */
function changeOf(topic: Hex, log: Log): Change | null {
  switch (topic) {
    case events.supplyCollateral:
      return { borrower: 3, collateral: log.word(0), shares: 0n }
    case events.withdrawCollateral:
      return { borrower: 2, collateral: -log.word(1), shares: 0n }
    case events.borrow:
      return { borrower: 2, collateral: 0n, shares: log.word(2) }
    case events.repay:
      return { borrower: 3, collateral: 0n, shares: -log.word(1) }
    case events.liquidate:
      return { borrower: 3, collateral: -log.word(2), shares: -log.word(1) - log.word(4) }
    default:
      return null
  }
}

/** What a log leaves of the loan it is about. A new one is read again where its owner may have authorised somebody before. */
export function changedLoan(book: Book<Blue, Loan>, market: BlueMarket, topic: Hex, log: Log): Folded<Blue, Loan> {
  const change = changeOf(topic, log)
  if (change === null) return nothingFolded
  const id = loanId(market.id, log.addressAt('topic', change.borrower))
  const known = book.position(id)
  const before: BluePosition = known ?? {
    id,
    market: market.id,
    owner: borrowerOfLoan(id),
    data: { collateral: 0n, borrowShares: 0n, allows: [] },
  }
  const data: Loan = {
    ...before.data,
    collateral: most(0n, before.data.collateral + change.collateral),
    borrowShares: most(0n, before.data.borrowShares + change.shares),
  }
  const isNew = known === undefined && market.data.preLiquidations.length > 0
  return {
    patches: [isEmpty(data) ? { op: 'drop-position', id } : { op: 'put-position', position: { ...before, data } }],
    dirty: { markets: [], positions: isNew ? [id] : [] },
  }
}
