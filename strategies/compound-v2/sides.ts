import type { Book } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Sides } from '#core/strategy.ts'
import { owed } from './accrue.ts'
import { type Account, type CompoundMarket, type CompoundPosition, isCToken } from './records.ts'

/** Debts by the indices as stored; what is seized are cTokens. */
export function sides(book: Book<CompoundMarket, Account>, { data }: CompoundPosition): Sides | null {
  const held = data.holdings.flatMap((holding) => {
    const market = book.market(holding.market)
    return isCToken(market) ? [{ holding, token: market.data }] : []
  })
  const owes = held.flatMap(({ holding, token }) =>
    holding.principal > 0n ? [{ asset: token.underlying, amount: amount(owed(token, holding)) }] : [],
  )
  const gets = held.flatMap(({ holding, token }) => (holding.tokens > 0n ? [token.cToken] : []))
  return owes.length === 0 || gets.length === 0 ? null : { owes, gets, capital: 'before' }
}
