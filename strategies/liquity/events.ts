import { Interface } from 'ethers'
import { liquityBorrower, liquityManager, liquityPools, liquityPriceFeed } from '#abis/liquity.ts'
import type { Hex } from '#core/address.ts'

const topicIn = (fragments: readonly string[]): ((name: string) => Hex) => {
  const known = new Interface(fragments)
  // A name that is not in the fragments is a slip of ours, told at once when the module loads.
  return (name) => known.getEvent(name)?.topicHash as Hex
}
const manager = topicIn(liquityManager('LUSD'))
const borrower = topicIn(liquityBorrower)

export const troveUpdated = manager('TroveUpdated')
export const troveLiquidated = manager('TroveLiquidated')
export const liquidation = manager('Liquidation')
export const totalStakesUpdated = manager('TotalStakesUpdated')
export const systemSnapshotsUpdated = manager('SystemSnapshotsUpdated')
export const lTermsUpdated = manager('LTermsUpdated')
export const troveCreated = borrower('TroveCreated')
export const statusChanged = topicIn(liquityPriceFeed)('PriceFeedStatusChanged')
/** Other contracts were put in: everything is read again. */
export const addressTopics: readonly Hex[] = [
  manager('BorrowerOperationsAddressChanged'),
  manager('PriceFeedAddressChanged'),
  manager('ActivePoolAddressChanged'),
  manager('DefaultPoolAddressChanged'),
  manager('StabilityPoolAddressChanged'),
]
export const managerTopics: readonly Hex[] = [
  ...[troveUpdated, troveLiquidated, liquidation, totalStakesUpdated, systemSnapshotsUpdated, lTermsUpdated],
  ...addressTopics,
]

/** Operations that `TroveUpdated` names: those of BorrowerOperations and of the TroveManager that take new snapshots. */
export const openTrove = 0n
export const applyPendingRewards = 0n

export type PoolTopics = Readonly<
  Record<'activeColl' | 'activeDebt' | 'defaultColl' | 'defaultDebt' | 'deposits' | 'etherSent', Hex>
>
const known = new Map<string, PoolTopics>()

/** Names of the pools' events hold the debt token's symbol. */
export function poolTopics(symbol: string): PoolTopics {
  const before = known.get(symbol)
  if (before !== undefined) return before
  const pools = topicIn(liquityPools(symbol))
  const topics = {
    activeColl: pools('ActivePoolETHBalanceUpdated'),
    activeDebt: pools(`ActivePool${symbol}DebtUpdated`),
    defaultColl: pools('DefaultPoolETHBalanceUpdated'),
    defaultDebt: pools(`DefaultPool${symbol}DebtUpdated`),
    deposits: pools(`StabilityPool${symbol}BalanceUpdated`),
    etherSent: pools('EtherSent'),
  }
  known.set(symbol, topics)
  return topics
}
