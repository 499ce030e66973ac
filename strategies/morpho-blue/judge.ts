import { UINT256_MAX, WAD } from '#core/numbers.ts'
import type { Figures } from '#core/strategy.ts'
import { accrued } from './accrue.ts'
import type { Blue, BluePosition, BlueScene, Loan } from './records.ts'
import { type PriceOf, pricesIn, standingOf } from './standing.ts'

/** Where the market's oracle reverts, or its interest is not computed here. */
export const unjudged: Figures = { liquidatable: false, reverts: true }

export function judge(scene: BlueScene, position: BluePosition): Figures {
  const market = scene.book.market(position.market)
  if (market === undefined) return unjudged
  return figuresOf(accrued(market.data, scene.block.timestamp), position.data, pricesIn(scene))
}

/**
 * The names `probe` uses too, in units of the loan's asset and of the collateral: liquidatable is what Morpho or a
 * pre-liquidation contract lets anybody act on; the health is what may be borrowed over what is. `market` is accrued to the second asked about.
 */
export function figuresOf(market: Blue, loan: Loan, priceOf: PriceOf): Figures {
  const { collateral } = loan
  if (loan.borrowShares === 0n)
    return {
      ...{ liquidatable: false, collateral, borrowed: 0n, maxBorrow: 0n, preLiquidatable: '' },
      healthFactor: UINT256_MAX,
    }
  const standing = market.interest === 'other' ? null : standingOf(market, loan, priceOf)
  if (standing === null) return unjudged
  const { borrowed, maxBorrow, isHealthy, openings } = standing
  return {
    liquidatable: !isHealthy || openings.length > 0,
    collateral,
    borrowed,
    maxBorrow,
    preLiquidatable: openings.map(({ contract }) => contract.contract).join(' '),
    healthFactor: (maxBorrow * WAD) / borrowed,
  }
}
