import type { AaveVersion } from '../deploy/aave.ts'
import { emodes, type TokenSymbol, tokenData, unitsWorth } from '../market-data.ts'

/** A borrower to be: what is put in, and how near the line the debt is drawn. */
export type PositionPlan = {
  readonly label: string
  readonly version: AaveVersion
  readonly emode: 0 | 1 | 2
  /** Dollars of each. */
  readonly collateral: readonly (readonly [TokenSymbol, number])[]
  /** Parts of the whole debt; they sum to 1. */
  readonly debt: readonly (readonly [TokenSymbol, number])[]
  /** Health factor on opening; above 1.03 in general, because LTV is below the threshold. */
  readonly health: number
}
export type Units = { readonly symbol: TokenSymbol; readonly units: bigint }
export type PositionUnits = { readonly supplies: readonly Units[]; readonly borrows: readonly Units[] }

/** Dollars sized in floats, then fixed in smallest units: nothing decides by them, they only make a world. */
export function unitsOf(plan: PositionPlan): PositionUnits {
  const units = (symbol: TokenSymbol, dollars: number): Units => ({
    symbol,
    units: unitsWorth(dollars, tokenData[symbol].decimals, tokenData[symbol].price),
  })
  const weighted = plan.collateral.reduce((sum, [symbol, dollars]) => sum + dollars * thresholdOf(plan, symbol), 0)
  const debt = weighted / 1e4 / plan.health
  return {
    supplies: plan.collateral.map(([symbol, dollars]) => units(symbol, dollars)),
    borrows: plan.debt.map(([symbol, part]) => units(symbol, debt * part)),
  }
}

function thresholdOf(plan: PositionPlan, symbol: TokenSymbol): number {
  const category = emodes.find((one) => one.id === plan.emode)
  const { emode, threshold } = tokenData[symbol].reserve
  return category !== undefined && emode === plan.emode ? category.threshold : threshold
}
