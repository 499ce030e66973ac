import type { MarketId, Patch } from '#core/book.ts'
import type { AaveScene, Holding } from './account-data.ts'
import { type Case, collateralBurnt, type Liquidation, variableBurnt } from './liquidation.ts'
import type { AaveMarket, AavePosition, Account, Balance, Reserve, StableDebt } from './records.ts'
import { isBorrowing, withoutCollateral } from './records.ts'

/**
 * The account and the reserves as a liquidation leaves them, for what follows in the same block: indices are those of
 * its timestamp, cash has moved; rates are left, since they act from the next block on and come with its logs. The
 * account stays marked as a borrower even when it owes nothing any more: the pool leaves that bit.
 */
export function after(
  scene: AaveScene,
  position: AavePosition,
  on: Case,
  done: Liquidation,
): readonly Patch<AaveMarket, Account>[] {
  const data = accountAfter(position.data, on, done, scene.block.timestamp)
  return [...reservesAfter(scene, on, done), { op: 'put-position', position: { ...position, data } }]
}

function accountAfter(account: Account, on: Case, done: Liquidation, timestamp: number): Account {
  const { collateral, debt } = on
  const isEmptied = done.seize === collateral.collateral
  const config = isEmptied ? withoutCollateral(account.config, collateral.balance.slot) : account.config
  const balances = account.balances.flatMap((balance): Balance[] => {
    let next = balance
    if (balance === debt.balance) {
      next = { ...next, debt: next.debt - variableBurnt(on, done), stable: stableAfter(debt, done, timestamp) }
    }
    if (balance === collateral.balance) {
      if (isEmptied && !isBorrowing(config, balance.slot)) return []
      next = { ...next, supply: isEmptied ? 0n : next.supply - collateralBurnt(on, done) }
    }
    return [next]
  })
  return { config, balances }
}

/** Interest so far joins the principal. Source: StableDebtToken.burn. */
function stableAfter({ balance, stableDebt }: Holding, done: Liquidation, timestamp: number): StableDebt | null {
  const repaid = done.repay - done.repayVariable
  if (balance.stable === null || repaid === 0n) return balance.stable
  const principal = stableDebt - repaid
  return principal === 0n ? null : { ...balance.stable, principal, since: timestamp }
}

function reservesAfter(scene: AaveScene, on: Case, done: Liquidation): readonly Patch<AaveMarket, Account>[] {
  const touched = new Map<MarketId, { holding: Holding; cash: bigint }>()
  const touch = (holding: Holding, change: bigint): void => {
    const before = touched.get(holding.market.id)?.cash ?? holding.market.data.cash
    touched.set(holding.market.id, { holding, cash: before + change })
  }
  touch(on.debt, done.repay)
  touch(on.collateral, -done.seize)
  return [...touched.values()].map(({ holding: { market, indices }, cash }) => {
    const data: Reserve = {
      ...market.data,
      liquidityIndex: indices.liquidity,
      variableBorrowIndex: indices.storedBorrow,
      updatedAt: scene.block.timestamp,
      cash,
    }
    return { op: 'put-market', market: { ...market, data } }
  })
}
