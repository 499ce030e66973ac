import type { Book } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Sides } from '#core/strategy.ts'
import { rayMul } from './math.ts'
import { type AaveMarket, type AavePosition, type Account, isCollateral, isPool, isReserve } from './records.ts'

/** Debts by the indices as stored, stable ones by their principal; collateral is what is used as such. */
export function sides(book: Book<AaveMarket, Account>, { market, data }: AavePosition): Sides | null {
  const pool = book.market(market)
  if (!isPool(pool)) return null
  const held = data.balances.flatMap((balance) => {
    const id = pool.data.slots[balance.slot]
    const reserve = id === undefined ? undefined : book.market(id)
    return isReserve(reserve) ? [{ balance, reserve: reserve.data }] : []
  })
  const owes = held.flatMap(({ balance, reserve }) => {
    const debt = rayMul(balance.debt, reserve.variableBorrowIndex) + (balance.stable?.principal ?? 0n)
    return debt > 0n ? [{ asset: reserve.asset, amount: amount(debt) }] : []
  })
  const gets = held.flatMap(({ balance, reserve }) =>
    balance.supply > 0n && isCollateral(data.config, reserve.slot) ? [reserve.asset] : [],
  )
  return owes.length === 0 || gets.length === 0 ? null : { owes, gets, capital: 'before' }
}
