import type { Market } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { least } from '#core/numbers.ts'
import type { Adjustment } from '#core/strategy.ts'
import type { AaveScene } from './account-data.ts'
import { reserveAt } from './account-data.ts'
import { indicesAt } from './indices-at.ts'
import { type AavePosition, type Balance, isPool, type Pool, type Reserve } from './records.ts'
import { type Rounding, roundings } from './rounding.ts'

/**
 * The position after its holder's own move, at the scene's timestamp: what is supplied counts as collateral; taking or
 * repaying more than there is takes or repays all. The pool's checks of the holder are not made.
 * @throws `bad-argument` when the asset is no reserve of the pool.
 */
export function adjust(scene: AaveScene, position: AavePosition, change: Adjustment): AavePosition {
  const pool = scene.book.market(position.market)
  const market = isPool(pool) ? reserveOf(scene, pool.data, change.asset) : null
  if (!isPool(pool) || market === null || pool.data.rounding === null) {
    throw new KeeperError('bad-argument', `${change.asset} is no reserve of ${position.market}: see its list`)
  }
  const rounding = roundings[pool.data.rounding]
  const { slot } = market.data
  const empty: Balance = { slot, supply: 0n, debt: 0n, stable: null }
  const before = position.data.balances.find((one) => one.slot === slot) ?? empty
  const next = moved(before, market.data, change, rounding, scene.block.timestamp)
  const others = position.data.balances.filter((one) => one.slot !== slot)
  const isEmpty = next.supply === 0n && next.debt === 0n && next.stable === null
  const balances = isEmpty ? others : [...others, next].sort((a, b) => a.slot - b.slot)
  const cleared = position.data.config & ~(3n << BigInt(2 * slot))
  const flags = (next.supply > 0n ? 2n : 0n) | (next.debt > 0n || next.stable !== null ? 1n : 0n)
  return { ...position, data: { ...position.data, balances, config: cleared | (flags << BigInt(2 * slot)) } }
}

function reserveOf(scene: AaveScene, pool: Pool, asset: string): Market<Reserve> | null {
  for (const id of pool.slots) {
    const market = reserveAt(scene, id)
    if (market?.data.asset === asset) return market
  }
  return null
}

/** Supply is scaled as a mint (down from 3.5 on), debt taken as a mint of debt (up from 3.5 on). */
function moved(
  before: Balance,
  reserve: Reserve,
  { collateral, debt }: Adjustment,
  rounding: Rounding,
  timestamp: number,
): Balance {
  const at = indicesAt(reserve, timestamp, rounding)
  const supply =
    collateral >= 0n
      ? before.supply + rounding.burnDebt(collateral, at.liquidity)
      : before.supply - least(rounding.burnCollateral(-collateral, at.liquidity), before.supply)
  const owed =
    debt >= 0n
      ? before.debt + rounding.burnCollateral(debt, at.borrow)
      : before.debt - least(repaid(before, -debt, rounding, at.borrow), before.debt)
  return { ...before, supply, debt: owed }
}

const repaid = (before: Balance, amount: bigint, rounding: Rounding, index: bigint): bigint =>
  amount >= rounding.debtBalance(before.debt, index) ? before.debt : rounding.burnDebt(amount, index)
