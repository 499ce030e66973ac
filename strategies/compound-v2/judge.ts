import { most, UINT256_MAX, WAD } from '#core/numbers.ts'
import type { Figures } from '#core/strategy.ts'
import { accountData, type CompoundScene } from './account-data.ts'
import type { CompoundPosition, Family } from './records.ts'
import { isLiquidatable, type Side, sumOf, valued } from './standing.ts'

/** Where the comptroller's own view fails (no price), or VAI is owed. */
export const unjudged: Figures = { liquidatable: false, reverts: true }

/**
 * The names `probe` uses too. `liquidity` and `shortfall`, usd wad, are the comptroller's own, by stored indices;
 * `healthFactor`, wad, is that of all markets accrued. `liquidatable`: somebody can liquidate now, accruing what helps.
 */
export function figuresOf(
  family: Family,
  sides: readonly Side[],
  own: { readonly liquidity: bigint; readonly shortfall: bigint },
): Figures {
  const { weighted, debt } = sumOf(sides.map((side) => valued(family, side, side.accrued)))
  return {
    liquidatable: isLiquidatable(family, sides),
    liquidity: own.liquidity,
    shortfall: own.shortfall,
    healthFactor: debt === 0n ? UINT256_MAX : (weighted * WAD) / debt,
  }
}

export function judge(scene: CompoundScene, position: CompoundPosition): Figures {
  const data = accountData(scene, position)
  if ('missing' in data) return unjudged
  const { family } = data.hub
  const { weighted, debt } = sumOf(data.held.map((side) => valued(family, side, side.stored)))
  return figuresOf(family, data.held, { liquidity: most(weighted - debt, 0n), shortfall: most(debt - weighted, 0n) })
}
