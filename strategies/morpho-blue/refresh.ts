import type { Book, Dirty, Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { BlueConfig } from './config.ts'
import { readLoans } from './read-loans.ts'
import { readMarkets } from './read-markets.ts'
import { type Blue, type Loan, marketOfLoan } from './records.ts'

/**
 * What logs cannot carry, at the view's block: what a market's oracles are made of, and which contracts the owner of a
 * loan authorised before it was there. A loan in which nothing is left is dropped.
 */
export async function refresh(
  view: View,
  config: BlueConfig,
  book: Book<Blue, Loan>,
  dirty: Dirty,
): Promise<readonly Patch<Blue, Loan>[]> {
  const markets = await readMarkets(
    view,
    config,
    dirty.markets.map((id) => ({ id, preLiquidations: book.market(id)?.data.preLiquidations ?? [] })),
  )
  const wanted = dirty.positions.map((id) => ({
    id,
    asks: (book.market(marketOfLoan(id))?.data.preLiquidations ?? []).map(({ contract }) => contract),
  }))
  const loans = await readLoans(view, config, wanted)
  const left = new Set(loans.map(({ id }) => id))
  return [
    ...markets.map((market): Patch<Blue, Loan> => ({ op: 'put-market', market })),
    ...loans.map((position): Patch<Blue, Loan> => ({ op: 'put-position', position })),
    ...dirty.positions.flatMap((id): Patch<Blue, Loan>[] => (left.has(id) ? [] : [{ op: 'drop-position', id }])),
  ]
}
