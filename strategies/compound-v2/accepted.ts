import type { MarketId } from '#core/book.ts'
import type { AccountData, Held } from './account-data.ts'
import { exchangeRate } from './accrue.ts'
import { lastWhere, mostRepaid, pairIn } from './seizure.ts'
import { isShort, sumOf, valued } from './standing.ts'

/**
 * The largest repay a pair takes, its markets and those of `accrue` accrued; 0 where there is none. In a market of native
 * currency what comes with the call counts as cash already while the account is judged, so that its own supply there is
 * worth a little more the more is repaid: beyond some amount nothing is short any more.
 * Source: CEther.getCashPrior, VBNB.getCashPrior, asked from outside without a value.
 */
export function mostAccepted(data: AccountData, debt: Held, collateral: Held, accrue: readonly MarketId[]): bigint {
  const most = mostRepaid(pairIn(data, debt, collateral))
  if (debt.of.data.underlying !== 'native' || debt.tokens === 0n || debt.isForced) return most
  const fresh = [debt.market, collateral.market, ...accrue]
  return lastWhere(most, (repay) => {
    const rate = exchangeRate({ ...debt.now, cash: debt.now.cash + repay })
    const values = data.held.map((side) => {
      const moment = fresh.includes(side.market) ? side.accrued : side.stored
      return valued(data.hub.family, side, side === debt ? { ...moment, rate } : moment)
    })
    return isShort(sumOf(values))
  })
}
