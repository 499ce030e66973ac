import { KeeperError } from '#core/error.ts'
import { least } from '#core/numbers.ts'
import type { Adjustment } from '#core/strategy.ts'
import { presentValue, principalUp } from './math.ts'
import { assetOf, type CometPosition } from './records.ts'
import { type CometScene, nowIn } from './standing.ts'

/**
 * The account after its holder's own move, at the scene's second: taking or repaying more than there is takes or repays
 * all. The Comet's checks of the holder are not made.
 * @throws `bad-argument` when the position is no account, or the asset neither its base nor a collateral.
 */
export function adjust(scene: CometScene, position: CometPosition, change: Adjustment): CometPosition {
  const now = nowIn(scene, scene.book.market(position.market))
  const asset = now === null ? undefined : assetOf(now.comet, change.asset)
  const { data } = position
  if (now === null || data.kind !== 'account' || (asset === undefined && change.asset !== now.comet.base))
    throw new KeeperError(
      'bad-argument',
      `${change.asset} is nothing that ${position.id} can move: see its collaterals`,
    )
  if (asset === undefined) {
    const { borrowIndex } = now.totals.data
    const owed = presentValue(data.principal, borrowIndex)
    // Base supplied repays first.
    const left = owed + change.debt - change.collateral
    const principal = left <= 0n ? 0n : left === owed ? data.principal : principalUp(left, borrowIndex)
    return { ...position, data: { ...data, principal } }
  }
  const before = data.collateral.find(({ offset }) => offset === asset.offset)?.balance ?? 0n
  const balance = before + (change.collateral < 0n ? -least(-change.collateral, before) : change.collateral)
  const others = data.collateral.filter(({ offset }) => offset !== asset.offset)
  const own = balance === 0n ? [] : [{ offset: asset.offset, balance }]
  return { ...position, data: { ...data, collateral: [...others, ...own].sort((a, b) => a.offset - b.offset) } }
}
