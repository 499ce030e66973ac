import { KeeperError } from '#core/error.ts'
import { least, WAD } from '#core/numbers.ts'
import type { Adjustment } from '#core/strategy.ts'
import type { CompoundScene } from './account-data.ts'
import { accrued, exchangeRate, owed, slotIn } from './accrue.ts'
import { type CompoundPosition, isCToken, noHolding, withHolding } from './records.ts'

/**
 * The position after its holder's own move, its market accrued to the scene's block: what is supplied is entered; taking
 * or repaying more than there is takes or repays all. Minting rounds down, redeeming up. The comptroller's checks of the
 * holder are not made. @throws `bad-argument` when the asset is of no market.
 */
export function adjust(scene: CompoundScene, position: CompoundPosition, change: Adjustment): CompoundPosition {
  const market = [...scene.book.markets()]
    .filter(isCToken)
    .find(({ data }) => data.underlying === change.asset && data.comptroller === (position.market as string))
  if (market === undefined) {
    throw new KeeperError('bad-argument', `${change.asset} is of no market of ${position.market}: see its list`)
  }
  const now = accrued(market.data, slotIn(market.data, scene.block))
  const rate = exchangeRate(now)
  const before = position.data.holdings.find((one) => one.market === market.id) ?? noHolding(market.id)
  const { collateral, debt } = change
  const tokens =
    collateral >= 0n
      ? before.tokens + (collateral * WAD) / rate
      : before.tokens - least((-collateral * WAD + rate - 1n) / rate, before.tokens)
  const owes = owed(now, before)
  const principal = debt >= 0n ? owes + debt : owes - least(-debt, owes)
  const index = principal === 0n ? 0n : now.borrowIndex
  const moved = debt === 0n ? { ...before, tokens } : { ...before, tokens, principal, index }
  return { ...position, data: { ...position.data, holdings: withHolding(position.data.holdings, moved) } }
}
