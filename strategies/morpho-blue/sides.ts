import type { Book } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Sides } from '#core/strategy.ts'
import { toAssetsUp } from './math.ts'
import type { Blue, BluePosition, Loan } from './records.ts'

/** A loan's shares by its market's totals as stored. */
export function sides(book: Book<Blue, Loan>, { market, data }: BluePosition): Sides | null {
  const blue = book.market(market)?.data
  if (blue === undefined || blue.interest === 'other' || data.borrowShares === 0n || data.collateral === 0n) return null
  const owes = [{ asset: blue.loan, amount: amount(toAssetsUp(data.borrowShares, blue)) }]
  return { owes, gets: [blue.collateral], capital: 'callback' }
}
