import type { MarketId, Patch } from '#core/book.ts'
import { least } from '#core/numbers.ts'
import type { AaveScene, Holding } from './account-data.ts'
import type { Case, Liquidation } from './liquidation.ts'
import type { AaveMarket, AavePosition, Account, Balance, Reserve } from './records.ts'
import { borrowsAny, withoutBorrowing, withoutCollateral } from './records.ts'

/**
 * The account and the reserves as a liquidation leaves them, for what follows in the same block: indices are those of
 * its timestamp, cash has moved; rates are left, since they act from the next block on and come with its logs.
 */
export function after(
  scene: AaveScene,
  position: AavePosition,
  on: Case,
  done: Liquidation,
): readonly Patch<AaveMarket, Account>[] {
  const writesOff = on.data.rounding.writesOffBadDebt && done.leavesNoCollateral
  const account = accountAfter(position.data, on, done, writesOff)
  return [
    ...reservesAfter(scene, on, done, writesOff),
    borrowsAny(account.config)
      ? { op: 'put-position', position: { ...position, data: account } }
      : { op: 'drop-position', id: position.id },
  ]
}

function accountAfter(account: Account, on: Case, done: Liquidation, writesOff: boolean): Account {
  const { rounding } = on.data
  const { collateral, debt } = on
  const burnt = writesOff ? debt.debt : done.repay
  const seized = rounding.burnCollateral(done.seize, collateral.liquidityIndex)
  const afterSeizure = collateral.balance.supply - seized
  const fee = least(rounding.moveCollateral(done.fee, collateral.liquidityIndex), afterSeizure)
  const scaledBurnt = rounding.burnDebt(burnt, debt.borrowIndex)
  const emptied = done.seize + done.fee === collateral.collateral
  let config = emptied ? withoutCollateral(account.config, collateral.balance.slot) : account.config
  const balances = account.balances.flatMap((balance): Balance[] => {
    const isDebt = balance.slot === debt.balance.slot
    const isCollateral = balance.slot === collateral.balance.slot
    const holding = on.data.holdings.find((one) => one.balance === balance)
    const forgiven = writesOff && holding?.market.data.isActive === true
    const left = isDebt ? balance.debt - scaledBurnt : balance.debt
    const owed = forgiven ? 0n : left
    if (holding?.isBorrowed === true && owed === 0n && balance.stable === null && (isDebt || forgiven)) {
      config = withoutBorrowing(config, balance.slot)
    }
    const supply = isCollateral ? (emptied ? 0n : afterSeizure - fee) : balance.supply
    return supply === 0n && owed === 0n && balance.stable === null ? [] : [{ ...balance, supply, debt: owed }]
  })
  return { ...account, config, balances }
}

function reservesAfter(
  scene: AaveScene,
  on: Case,
  done: Liquidation,
  writesOff: boolean,
): readonly Patch<AaveMarket, Account>[] {
  const touched = new Map<MarketId, { holding: Holding; cash: bigint }>()
  const touch = (holding: Holding, change: bigint): void => {
    const before = touched.get(holding.market.id)?.cash ?? holding.market.data.cash
    touched.set(holding.market.id, { holding, cash: before + change })
  }
  touch(on.debt, done.repay)
  touch(on.collateral, -done.seize)
  if (writesOff) for (const one of on.data.holdings) if (one.isBorrowed && one.debt > 0n) touch(one, 0n)
  return [...touched.values()].map(({ holding, cash }) => {
    const data: Reserve = {
      ...holding.market.data,
      liquidityIndex: holding.liquidityIndex,
      variableBorrowIndex: holding.borrowIndex,
      updatedAt: scene.block.timestamp,
      cash,
    }
    return { op: 'put-market', market: { ...holding.market, data } }
  })
}
