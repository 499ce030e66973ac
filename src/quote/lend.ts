import type { Address } from '#core/address.ts'
import type { Amount } from '#core/numbers.ts'
import type { Lender } from './exchange.ts'

export type Loan = { readonly source: string; readonly lender: Address; readonly fee: Amount; readonly wrapGas: number }

/** One asset after the other: who lends once only is not asked again. */
export function loansOf(
  lenders: readonly Lender[],
  wanted: readonly { readonly asset: Address; readonly amount: Amount }[],
): readonly (Loan | null)[] {
  const spent = new Set<string>()
  return wanted.map(({ asset, amount }) => {
    const loan = cheapest(
      lenders.filter(({ source, module }) => !(module.lendsOnce && spent.has(source))),
      asset,
      amount,
    )
    if (loan !== null) spent.add(loan.source)
    return loan
  })
}

/** The lender that takes least: by fee, then by gas, then by name. `null` where nobody lends so much. */
export function cheapest(lenders: readonly Lender[], asset: Address, amount: Amount): Loan | null {
  let best: Loan | null = null
  for (const { source, module, book } of lenders) {
    const lent = module.lends(book, asset, amount)
    if (lent === null) continue
    const loan = { source, ...lent, wrapGas: module.wrapGas }
    if (
      best === null ||
      loan.fee < best.fee ||
      (loan.fee === best.fee &&
        (loan.wrapGas < best.wrapGas || (loan.wrapGas === best.wrapGas && loan.source < best.source)))
    )
      best = loan
  }
  return best
}
