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
  /** Health factor on opening, or the least that the loan-to-value limit allows where that is more. */
  readonly health: number
  /** Opened when all others stand: it counts on what they have put in. */
  readonly late?: true
}
type Units = { readonly symbol: TokenSymbol; readonly units: bigint }
export type PositionUnits = { readonly supplies: readonly Units[]; readonly borrows: readonly Units[] }

/** Dollars sized in floats, then fixed in smallest units: nothing decides by them, they only make a world. */
export function unitsOf(plan: PositionPlan): PositionUnits {
  const units = (symbol: TokenSymbol, dollars: number): Units => ({
    symbol,
    units: unitsWorth(dollars, tokenData[symbol].decimals, tokenData[symbol].price),
  })
  const weighted = (of: 'threshold' | 'ltv'): number =>
    plan.collateral.reduce((sum, [symbol, dollars]) => sum + (dollars * limitsOf(plan, symbol)[of]) / 1e4, 0)
  // A thousandth is left for rounding and for interest between the borrowings.
  const debt = Math.min(weighted('threshold') / plan.health, weighted('ltv') * 0.999)
  return {
    supplies: plan.collateral.map(([symbol, dollars]) => units(symbol, dollars)),
    borrows: plan.debt.map(([symbol, part]) => units(symbol, debt * part)),
  }
}

function limitsOf(plan: PositionPlan, symbol: TokenSymbol): { readonly threshold: number; readonly ltv: number } {
  const category = emodes.find((one) => one.id === plan.emode)
  const { reserve } = tokenData[symbol]
  return category !== undefined && reserve.emode === plan.emode ? category : reserve
}
