import type { Position } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { most, RAY } from '#core/numbers.ts'
import type { Adjustment } from '#core/strategy.ts'
import { isIlk, isUrn, type MakerPosition, type MakerScene, systemOf } from './records.ts'

/**
 * The urn after its holder's own move: DAI drawn or wiped becomes debt at the rate of now, rounded up when drawn and
 * down when wiped, as frontends do; the vat's own checks of the holder are not made. An auction has no holder.
 * @throws `bad-argument` when the asset is neither DAI nor the urn's collateral.
 */
export function adjust(
  scene: MakerScene,
  position: Position<MakerPosition>,
  change: Adjustment,
): Position<MakerPosition> {
  const market = scene.book.market(position.market)
  const dai = systemOf(scene.book)?.data.dai
  if (!isUrn(position) || !isIlk(market) || (change.asset !== dai && change.asset !== market.data.gem))
    throw new KeeperError('bad-argument', `${change.asset} is nothing that ${position.id} holds or owes`)
  const { rate, decimals } = market.data
  const drawn = change.debt * RAY
  const dart = change.debt >= 0n ? (drawn + rate - 1n) / rate : drawn / rate
  const dink = change.collateral * 10n ** BigInt(18 - decimals)
  const { ink, art } = position.data
  return { ...position, data: { ...position.data, ink: most(ink + dink, 0n), art: most(art + dart, 0n) } }
}
