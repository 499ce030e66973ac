import { KeeperError } from '#core/error.ts'
import { least, most } from '#core/numbers.ts'
import type { Adjustment } from '#core/strategy.ts'
import { accrued } from './accrue.ts'
import { toAssetsUp, toSharesDown, toSharesUp } from './math.ts'
import type { BluePosition, BlueScene } from './records.ts'

/**
 * The loan after its holder's own move, at the scene's timestamp; taking or repaying more than there is takes or repays
 * all. Morpho's checks of the holder are not made.
 * @throws `bad-argument` when the market is not there, or knows no such asset.
 */
export function adjust(scene: BlueScene, position: BluePosition, change: Adjustment): BluePosition {
  const market = scene.book.market(position.market)
  const { asset, collateral, debt } = change
  const isOther = asset !== market?.data.collateral && collateral !== 0n
  if (market === undefined || isOther || (asset !== market.data.loan && debt !== 0n))
    throw new KeeperError('bad-argument', `${asset} is not what ${position.market} lends or takes: see its market`)
  const now = accrued(market.data, scene.block.timestamp)
  const loan = position.data
  const paysAll = -debt >= toAssetsUp(loan.borrowShares, now)
  const borrowShares =
    debt >= 0n
      ? loan.borrowShares + toSharesUp(debt, now)
      : paysAll
        ? 0n
        : loan.borrowShares - least(toSharesDown(-debt, now), loan.borrowShares)
  return { ...position, data: { ...loan, borrowShares, collateral: most(0n, loan.collateral + collateral) } }
}
