import { dataFeeOf } from '#core/data-fees.ts'
import { type Wei, wei } from '#core/numbers.ts'
import type { Plan } from '#core/plan.ts'
import type { Context } from './context.ts'

/** Of a swap or a redemption in an order, about. */
const hopBytes = 121

/** What the chain takes beside gas for a program: never too little, and nothing where it takes none. */
export function besideOf({ request: { beside } }: Context, program: Plan['program'], gasUnits: number): Wei {
  return beside === undefined ? wei(0n) : dataFeeOf(beside.fees, beside.bytes(program), gasUnits)
}

/** Wei a unit of gas costs, what is taken beside it included: for estimates. */
export const gasPriceOf = ({ request: { gas, beside } }: Context): number =>
  Number(gas.price + (beside?.fees.perGas ?? 0n))

/** Wei that one hop more costs, by its gas and its bytes: for estimates. */
export const hopCost = (context: Context, gasUnits: number): number =>
  gasUnits * gasPriceOf(context) + hopBytes * Number(context.request.beside?.fees.perByte ?? 0n)
