import type { Position } from '#core/book.ts'
import { amount, mulDivUp, RAY } from '#core/numbers.ts'
import type { Sides } from '#core/strategy.ts'
import { isIlk, type MakerBook, type MakerPosition, systemOf } from './records.ts'

/** An urn's debt by the rate as stored, what an auction still has to raise; in wad of DAI. */
export function sides(book: MakerBook, { market, data }: Position<MakerPosition>): Sides | null {
  const ilk = book.market(market)
  const dai = systemOf(book)?.data.dai
  if (!isIlk(ilk) || dai === undefined) return null
  const debt = mulDivUp(data.kind === 'urn' ? data.art * ilk.data.rate : data.tab, 1n, RAY)
  const held = data.kind === 'urn' ? data.ink : data.lot
  if (debt === 0n || held === 0n) return null
  return { owes: [{ asset: dai, amount: amount(debt) }], gets: [ilk.data.gem], capital: 'callback' }
}
