import { Interface } from 'ethers'
import { adaptiveCurveIrm, morphoBlue, preLiquidation, preLiquidationFactory } from '#abis/morpho-blue.ts'
import type { Hex } from '#core/address.ts'

const topicIn = (fragments: readonly string[]): ((name: string) => Hex) => {
  const known = new Interface(fragments)
  // A name that is not in the fragments is a slip of ours, told at once when the module loads.
  return (name) => known.getEvent(name)?.topicHash as Hex
}
const morpho = topicIn(morphoBlue)

export const createMarket = morpho('CreateMarket')
export const supply = morpho('Supply')
export const withdraw = morpho('Withdraw')
export const borrow = morpho('Borrow')
export const repay = morpho('Repay')
export const supplyCollateral = morpho('SupplyCollateral')
export const withdrawCollateral = morpho('WithdrawCollateral')
export const liquidate = morpho('Liquidate')
export const accrueInterest = morpho('AccrueInterest')
export const setFee = morpho('SetFee')
export const setAuthorization = morpho('SetAuthorization')
/** All that name a market first. */
export const marketTopics: readonly Hex[] = [
  createMarket,
  supply,
  withdraw,
  borrow,
  repay,
  supplyCollateral,
  withdrawCollateral,
  liquidate,
  accrueInterest,
  setFee,
]
export const borrowRateUpdate = topicIn(adaptiveCurveIrm)('BorrowRateUpdate')
export const createPreLiquidation = topicIn(preLiquidationFactory)('CreatePreLiquidation')
export const preLiquidate = topicIn(preLiquidation)('PreLiquidate')
