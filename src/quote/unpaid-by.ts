import type { Address } from '#core/address.ts'
import { type Amount, amount as amountOf } from '#core/numbers.ts'
import type { Context } from './context.ts'
import type { Hop } from './exchange.ts'
import type { Loan } from './lend.ts'
import type { Swap } from './settle.ts'

/** What is borrowed of one asset, and from whom. */
export type Borrowing = { readonly asset: Address; readonly borrowed: Amount; readonly loan: Loan | null }

/**
 * Hops whose holder is who lends, and then has not got what they buy: it lends first, and pays out what is left. What is
 * sold to it meanwhile is not counted.
 */
export function unpaidBy(
  { graph, request }: Context,
  borrowings: readonly Borrowing[],
  swaps: readonly Swap[],
): readonly number[] {
  return borrowings.flatMap(({ asset, borrowed, loan }) => {
    if (loan === null) return []
    const those = swaps.filter(
      ({ hop, buy }) => graph.tokens[buy] === asset && (graph.hops[hop] as Hop).entry.module.holder === loan.lender,
    )
    const bought = those.reduce((sum, swap) => sum + swap.bought, 0n)
    const lends = (units: bigint): boolean =>
      request.lenders.some(
        ({ source, module, book }) =>
          source === loan.source && module.lends(book, asset, amountOf(units))?.lender === loan.lender,
      )
    return bought === 0n || lends(borrowed + bought) ? [] : those.map(({ hop }) => hop)
  })
}
