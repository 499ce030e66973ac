import type { Book } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Sides } from '#core/strategy.ts'
import type { System, Trove, TrovePosition } from './records.ts'
import { entireOf } from './rewards.ts'

/** Nobody pays the debt: the stability pool or the other troves bear it. */
export function sides(book: Book<System, Trove>, { market, data }: TrovePosition): Sides | null {
  const system = book.market(market)?.data
  if (system === undefined) return null
  const { debt } = entireOf(system, data)
  const owes = [{ asset: system.debtToken, amount: amount(debt) }]
  return debt === 0n ? null : { owes, gets: ['native', system.debtToken], capital: 'none' }
}
