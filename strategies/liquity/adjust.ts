import { ZERO_ADDRESS } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { most } from '#core/numbers.ts'
import type { Adjustment } from '#core/strategy.ts'
import type { LiquityScene } from './conditions.ts'
import type { TrovePosition } from './records.ts'
import { entireOf, stakeOf } from './rewards.ts'

/**
 * The trove after its owner's own move, its rewards applied first. The collateral is the chain's own currency, named by
 * the zero address. Fees of borrowing and checks of the owner are not made.
 * @throws `bad-argument` for another asset.
 */
export function adjust(scene: LiquityScene, position: TrovePosition, change: Adjustment): TrovePosition {
  const system = scene.book.market(position.market)?.data
  if (system === undefined || (change.asset !== system.debtToken && change.asset !== ZERO_ADDRESS))
    throw new KeeperError('bad-argument', `${change.asset} is neither the debt token of a system here nor native (0x0)`)
  const entire = entireOf(system, position.data)
  const coll = change.asset === ZERO_ADDRESS ? most(entire.coll + change.collateral, 0n) : entire.coll
  const debt = change.asset === system.debtToken ? most(entire.debt + change.debt, 0n) : entire.debt
  const snapshots = { collSnapshot: system.collPerStake, debtSnapshot: system.debtPerStake }
  return { ...position, data: { coll, debt, stake: stakeOf(system, coll), ...snapshots } }
}
