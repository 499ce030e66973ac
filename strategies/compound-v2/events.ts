import { Interface } from 'ethers'
import {
  compoundComptroller,
  compoundOldToken,
  compoundParameterEvents,
  compoundToken,
  compoundTokenParameterEvents,
  venusLiquidator,
  venusVaiController,
} from '#abis/compound-v2.ts'
import type { Hex } from '#core/address.ts'

const topicIn = (fragments: readonly string[]): ((name: string) => Hex) => {
  const known = new Interface(fragments)
  // A name that is not in the fragments is a slip of ours, told at once when the module loads.
  return (name) => known.getEvent(name)?.topicHash as Hex
}
function allOf(fragments: readonly string[]): readonly Hex[] {
  const topics: Hex[] = []
  new Interface(fragments).forEachEvent((event) => {
    topics.push(event.topicHash as Hex)
  })
  return topics
}
const comptroller = topicIn(compoundComptroller)
const token = topicIn(compoundToken)
const liquidator = topicIn(venusLiquidator)
const vai = topicIn(venusVaiController)

export const marketEntered = comptroller('MarketEntered')
export const marketExited = comptroller('MarketExited')
export const poolSelected = comptroller('PoolSelected')
export const forcedForUser = comptroller('IsForcedLiquidationEnabledForUserUpdated')
const parameterTopics: readonly Hex[] = allOf(compoundParameterEvents)
export const comptrollerTopics: readonly Hex[] = [...allOf(compoundComptroller), ...parameterTopics]

export const accrueInterest = token('AccrueInterest')
export const accrueInterestOld = topicIn(compoundOldToken)('AccrueInterest')
export const borrow = token('Borrow')
export const repayBorrow = token('RepayBorrow')
export const liquidateBorrow = token('LiquidateBorrow')
export const transfer = token('Transfer')
export const healBorrow = token('HealBorrow')
export const badDebtIncreased = token('BadDebtIncreased')
export const tokenParameterTopics: readonly Hex[] = allOf(compoundTokenParameterEvents)
export const tokenTopics: readonly Hex[] = [...allOf(compoundToken), accrueInterestOld, ...tokenParameterTopics]

export const liquidatedThrough = liquidator('LiquidateBorrowedTokens')
export const restricted = liquidator('LiquidationRestricted')
export const unrestricted = liquidator('LiquidationRestrictionsDisabled')
export const liquidatorTopics: readonly Hex[] = allOf(venusLiquidator)

export const mintVai = vai('MintVAI')
export const vaiTopics: readonly Hex[] = allOf(venusVaiController)
