import { Interface } from 'ethers'
import { compoundV3, compoundV3Rewards } from '#abis/compound-v3.ts'
import { erc20Abi } from '#abis/erc20.ts'
import type { Hex } from '#core/address.ts'

const topicIn = (fragments: readonly string[]): ((name: string) => Hex) => {
  const known = new Interface(fragments)
  // A name that is not in the fragments is a slip of ours, told at once when the module loads.
  return (name) => known.getEvent(name)?.topicHash as Hex
}
const main = topicIn(compoundV3)

export const supply = main('Supply')
export const withdraw = main('Withdraw')
export const supplyCollateral = main('SupplyCollateral')
export const transferCollateral = main('TransferCollateral')
export const withdrawCollateral = main('WithdrawCollateral')
export const absorbDebt = main('AbsorbDebt')
export const absorbCollateral = main('AbsorbCollateral')
export const buyCollateral = main('BuyCollateral')
export const pauseAction = main('PauseAction')
export const upgraded = main('Upgraded')
/** Of any token, the Comet's own among them. */
export const transfer = topicIn(erc20Abi)('Transfer')
export const rewardClaimed = topicIn(compoundV3Rewards)('RewardClaimed')

export const cometTopics: readonly Hex[] = [
  supply,
  withdraw,
  transfer,
  supplyCollateral,
  transferCollateral,
  withdrawCollateral,
  absorbDebt,
  absorbCollateral,
  buyCollateral,
  pauseAction,
  upgraded,
]
