import type { Sandbox } from '../sandbox.ts'
import type { Crowd } from './crowd.ts'
import type { Lost } from './history.ts'
import type { Lendings } from './lendings.ts'
import type { Loan } from './loan.ts'
import type { Dollars } from './price-path.ts'
import { type Bid, bidOf, type Rival } from './rivals.ts'

export type Auction = {
  /** Who takes what in the next block, highest tip first, with what waits in the mempool already done. */
  readonly hold: (block: number, market: Market) => Promise<readonly Win[]>
  /** Somebody who was under when it was held last is still thought over by a rival. */
  readonly isAwaited: (block: number) => boolean
}
export type Market = { readonly prices: Dollars; readonly baseFee: bigint }
export type Win = Bid & { readonly after: number }

/** Near enough to be asked about: interest is not in what is thought of a loan. */
export const NEAR = 1.02
/** So far under, and the chain does not say so: something went otherwise than thought. */
const WRONG = 0.97

/** One winner for each loan in a block: the highest tip. The others' transactions would revert and are not sent. */
export function auctionOf(
  sandbox: Sandbox,
  lendings: Lendings,
  crowd: Crowd,
  rivals: readonly Rival[],
  lost: Lost[],
): Auction {
  const since = new Map<Loan, number>()
  const asked = new Map<Loan, { readonly health: number; readonly isUnder: boolean }>()
  /** Asked again when a price or the loan has changed, not for interest alone. */
  const isUnder = async (loan: Loan, health: number): Promise<boolean> => {
    const before = asked.get(loan)
    if (before?.health === health) return before.isUnder
    const answer = await lendings[loan.protocol].isUnder(loan)
    asked.set(loan, { health, isUnder: answer })
    return answer
  }
  return {
    isAwaited: (block) =>
      [...since].some(([loan, from]) =>
        rivals.some((one) => one.watches(loan) && one.mind(loan).latency >= block - from),
      ),
    hold: async (block, market) => {
      const wins: Win[] = []
      for (const loan of crowd.loans) {
        const health = crowd.health(loan, market.prices)
        if (health > NEAR || !(await isUnder(loan, health))) {
          since.delete(loan)
          if (health < WRONG) await crowd.reread(loan)
          continue
        }
        if (!since.has(loan)) since.set(loan, block)
        const after = block - (since.get(loan) ?? block)
        const bids: Bid[] = []
        for (const rival of rivals) {
          if (!rival.watches(loan) || after < rival.mind(loan).latency) continue
          const bid = await bidOf(sandbox, rival, loan, crowd.holding(loan), lendings, market)
          if (bid !== null) bids.push(bid)
        }
        const [best, ...others] = bids.sort(byTip)
        if (best === undefined) continue
        wins.push({ ...best, after })
        for (const { rival, tip } of others)
          lost.push({ block, rival, borrower: loan.account.address, tip, to: best.rival })
      }
      return wins.sort(byTip)
    },
  }
}

const byTip = (a: Bid, b: Bid): number =>
  a.tip === b.tip ? a.loan.index - b.loan.index || (a.rival < b.rival ? -1 : 1) : a.tip > b.tip ? -1 : 1
