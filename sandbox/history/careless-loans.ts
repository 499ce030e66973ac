import { testAccount } from '../test-account.ts'
import { type Loan, limitsOf } from './loan.ts'

const COUNT = 8

/**
 * Borrowers who draw all that Morpho lets them in the block in which the oracle lowers the price: they can be liquidated
 * behind it, before any book can have them. They open when they are told to.
 */
export const carelessLoans = (from: number): readonly Loan[] =>
  Array.from({ length: COUNT }, (_, at) => {
    const kind = { protocol: 'morpho', market: 0, collateral: 'WETH', debt: 'USDC', emode: 0 } as const
    return {
      ...{ ...kind, ...limitsOf(kind), index: from + at, manner: 'asleep' },
      ...{ dollars: 9_000 + 3_000 * at, health: 1, opens: Number.POSITIVE_INFINITY },
      account: testAccount(`history careless ${at}`),
    }
  })
