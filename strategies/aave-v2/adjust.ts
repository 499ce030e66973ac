import type { Market } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { least } from '#core/numbers.ts'
import type { Adjustment } from '#core/strategy.ts'
import { type AaveScene, reserveAt } from './account-data.ts'
import { indicesAt } from './indices-at.ts'
import { rayDiv, rayMul } from './math.ts'
import { type AavePosition, type Balance, isPool, type Pool, type Reserve } from './records.ts'

/**
 * The position after its holder's own move, at the scene's timestamp: what is supplied counts as collateral, debt moves at
 * the variable rate; taking or repaying more than there is takes or repays all. The pool's checks of the holder are not
 * made. @throws `bad-argument` when the asset is no reserve of the pool.
 */
export function adjust(scene: AaveScene, position: AavePosition, change: Adjustment): AavePosition {
  const pool = scene.book.market(position.market)
  const market = isPool(pool) ? reserveOf(scene, pool.data, change.asset) : null
  if (market === null) {
    throw new KeeperError('bad-argument', `${change.asset} is no reserve of ${position.market}: see its list`)
  }
  const { slot } = market.data
  const empty: Balance = { slot, supply: 0n, debt: 0n, stable: null }
  const before = position.data.balances.find((one) => one.slot === slot) ?? empty
  const next = moved(before, market.data, change, scene.block.timestamp)
  const flags = (next.supply > 0n ? 2n : 0n) | (next.debt > 0n || next.stable !== null ? 1n : 0n)
  const others = position.data.balances.filter((one) => one.slot !== slot)
  const balances = flags === 0n ? others : [...others, next].sort((a, b) => a.slot - b.slot)
  const cleared = position.data.config & ~(3n << BigInt(2 * slot))
  return { ...position, data: { balances, config: cleared | (flags << BigInt(2 * slot)) } }
}

function reserveOf(scene: AaveScene, pool: Pool, asset: string): Market<Reserve> | null {
  for (const id of pool.slots) {
    const market = reserveAt(scene, id)
    if (market?.data.asset === asset) return market
  }
  return null
}

function moved(before: Balance, reserve: Reserve, { collateral, debt }: Adjustment, timestamp: number): Balance {
  const { liquidity, borrow } = indicesAt(reserve, timestamp)
  return {
    ...before,
    supply: movedScaled(before.supply, collateral, liquidity),
    debt: movedScaled(before.debt, debt, borrow),
  }
}

function movedScaled(scaled: bigint, by: bigint, index: bigint): bigint {
  if (by >= 0n) return scaled + rayDiv(by, index)
  return -by >= rayMul(scaled, index) ? 0n : scaled - least(rayDiv(-by, index), scaled)
}
