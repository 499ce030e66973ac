import { Interface } from 'ethers'
import { aaveV3Configurator, aaveV3Oracle, aaveV3Pool, aaveV3Provider, aaveV3Token } from '#abis/aave-v3.ts'
import type { Hex } from '#core/address.ts'

const topicIn = (fragments: readonly string[]): ((name: string) => Hex) => {
  const known = new Interface(fragments)
  // A name that is not in the fragments is a slip of ours, told at once when the module loads.
  return (name) => known.getEvent(name)?.topicHash as Hex
}
const pool = topicIn(aaveV3Pool)
const token = topicIn(aaveV3Token)

export const supply = pool('Supply')
export const withdraw = pool('Withdraw')
export const borrow = pool('Borrow')
export const repay = pool('Repay')
const swapRateMode = pool('SwapBorrowRateMode')
const rebalanceStable = pool('RebalanceStableBorrowRate')
const mintUnbacked = pool('MintUnbacked')
export const backUnbacked = pool('BackUnbacked')
export const userEModeSet = pool('UserEModeSet')
const collateralEnabled = pool('ReserveUsedAsCollateralEnabled')
const collateralDisabled = pool('ReserveUsedAsCollateralDisabled')
export const flashLoan = pool('FlashLoan')
export const liquidationCall = pool('LiquidationCall')
export const reserveDataUpdated = pool('ReserveDataUpdated')
export const deficitCreated = pool('DeficitCreated')
export const upgraded = pool('Upgraded')
export const poolTopics: readonly Hex[] = [
  supply,
  withdraw,
  borrow,
  repay,
  swapRateMode,
  rebalanceStable,
  mintUnbacked,
  backUnbacked,
  userEModeSet,
  collateralEnabled,
  collateralDisabled,
  flashLoan,
  liquidationCall,
  reserveDataUpdated,
  deficitCreated,
  upgraded,
]

export const debtMinted = token('Mint')
export const balanceTransfer = token('BalanceTransfer')

export const eModeAdded = topicIn(aaveV3Configurator)('EModeCategoryAdded')
export const configuratorTopics: readonly Hex[] = allOf(aaveV3Configurator)
export const oracleTopics: readonly Hex[] = allOf(aaveV3Oracle)
export const providerTopics: readonly Hex[] = allOf(aaveV3Provider)

function allOf(fragments: readonly string[]): readonly Hex[] {
  const topics: Hex[] = []
  new Interface(fragments).forEachEvent((event) => {
    topics.push(event.topicHash as Hex)
  })
  return topics
}
