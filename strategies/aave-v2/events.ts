import { Interface } from 'ethers'
import { aaveV2Configurator, aaveV2Oracle, aaveV2Pool, aaveV2Provider, aaveV2Token } from '#abis/aave-v2.ts'
import type { Hex } from '#core/address.ts'

const known = new Interface(aaveV2Pool)
// A name that is not in the fragments is a slip of ours, told at once when the module loads.
const pool = (name: string): Hex => known.getEvent(name)?.topicHash as Hex

export const deposit = pool('Deposit')
export const withdraw = pool('Withdraw')
export const borrow = pool('Borrow')
export const repay = pool('Repay')
export const flashLoan = pool('FlashLoan')
export const liquidationCall = pool('LiquidationCall')
export const reserveDataUpdated = pool('ReserveDataUpdated')
/** What is told of the pool itself, and carried by no word of the log. */
export const ofThePool: readonly Hex[] = ['Paused', 'Unpaused', 'Upgraded'].map(pool)
export const balanceTransfer = new Interface(aaveV2Token).getEvent('BalanceTransfer')?.topicHash as Hex

export const poolTopics: readonly Hex[] = allOf(aaveV2Pool)
export const configuratorTopics: readonly Hex[] = allOf(aaveV2Configurator)
export const oracleTopics: readonly Hex[] = allOf(aaveV2Oracle)
export const providerTopics: readonly Hex[] = allOf(aaveV2Provider)

function allOf(fragments: readonly string[]): readonly Hex[] {
  const topics: Hex[] = []
  new Interface(fragments).forEachEvent((event) => {
    topics.push(event.topicHash as Hex)
  })
  return topics
}
