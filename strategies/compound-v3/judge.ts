import { UINT256_MAX, WAD } from '#core/numbers.ts'
import type { Figures } from '#core/strategy.ts'
import { isForSale, reservesOf } from './accrued.ts'
import { type CometPosition, heldOf } from './records.ts'
import { type CometScene, nowIn, standingOf } from './standing.ts'

/** Where the Comet's own view reverts (no price). */
export const unjudged: Figures = { liquidatable: false, reverts: true }

/** The names `probe` uses too: debt in units of base, values in the price's unit, health as cover of debt, wad. */
export const accountFigures = (of: {
  readonly liquidatable: boolean
  readonly debt: bigint
  readonly debtValue: bigint
  readonly collateralValue: bigint
  readonly cover: bigint
}): Figures => ({ ...of, healthFactor: of.debtValue === 0n ? UINT256_MAX : (of.cover * WAD) / of.debtValue })

/** `held`: units for sale; `reserves`: units of base. */
export const stockFigures = (held: bigint, reserves: bigint, forSale: boolean): Figures => ({
  liquidatable: held > 0n && forSale,
  held,
  reserves,
})

export function judge(scene: CometScene, position: CometPosition): Figures {
  const now = nowIn(scene, scene.book.market(position.market))
  if (now === null) return unjudged
  if (position.data.kind === 'stock') {
    const reserves = reservesOf(now.totals.data)
    return stockFigures(heldOf(position.data), reserves, isForSale(now.comet, reserves))
  }
  const standing = standingOf(scene, now, position.data)
  if ('missing' in standing) return unjudged
  const { debt, debtValue, collateralValue, cover, isLiquidatable } = standing
  return accountFigures({ liquidatable: isLiquidatable, debt, debtValue, collateralValue, cover })
}
