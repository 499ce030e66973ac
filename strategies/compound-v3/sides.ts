import { amount } from '#core/numbers.ts'
import type { Sides } from '#core/strategy.ts'
import { presentValue } from './math.ts'
import { type CometBook, type CometPosition, cometIn, heldOf, isTotals, totalsId } from './records.ts'

/** A borrower's debt by the index as stored; of collateral that is for sale nothing is owed, but base is paid for it. */
export function sides(book: CometBook, { data }: CometPosition): Sides | null {
  const comet = cometIn(book)?.data
  const totals = comet === undefined ? undefined : book.market(totalsId(comet.comet))
  if (comet === undefined || !isTotals(totals)) return null
  const owing = (units: bigint): Sides['owes'] => [{ asset: comet.base, amount: amount(units) }]
  if (data.kind === 'stock') {
    return heldOf(data) === 0n ? null : { owes: owing(0n), gets: [data.asset], capital: 'before' }
  }
  const gets = data.collateral.flatMap(({ offset, balance }) => {
    const asset = comet.assets.find((one) => one.offset === offset)
    return asset === undefined || balance === 0n ? [] : [asset.asset]
  })
  if (data.principal === 0n || gets.length === 0) return null
  return { owes: owing(presentValue(data.principal, totals.data.borrowIndex)), gets, capital: 'before' }
}
