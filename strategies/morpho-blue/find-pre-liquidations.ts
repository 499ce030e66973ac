import { type Address, addressOfWord, type Hex, wordOfAddress } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type MarketId, marketId } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { BlueConfig } from './config.ts'
import { createPreLiquidation, setAuthorization } from './events.ts'
import { byAddress, type PreLiquidation } from './records.ts'

export type Created = { readonly market: MarketId; readonly preLiquidation: PreLiquidation }

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`

/** What a factory's `CreatePreLiquidation` says; its oracle is not looked at yet. */
export const createdBy = (log: Log): Created => ({
  market: marketId(word(log.word(0))),
  preLiquidation: {
    contract: log.addressAt('topic', 1),
    preLltv: log.word(1),
    closeFactors: [log.word(2), log.word(3)],
    incentives: [log.word(4), log.word(5)],
    oracle: { at: addressOfWord(word(log.word(6))), parts: null },
  },
})

export const isFollowed = ({ markets }: BlueConfig, id: MarketId): boolean => markets === 'all' || markets.includes(id)

/** Every pre-liquidation contract of the markets that are followed, by market. */
export async function findPreLiquidations(
  view: View,
  config: BlueConfig,
): Promise<ReadonlyMap<MarketId, readonly PreLiquidation[]>> {
  const found = new Map<MarketId, readonly PreLiquidation[]>()
  const { preLiquidationFactories: addresses, fromBlock } = config
  if (addresses.length === 0) return found
  for await (const page of view.logs({ addresses, topics: [createPreLiquidation] }, fromBlock))
    for (const log of page) {
      const { market, preLiquidation } = createdBy(log)
      if (isFollowed(config, market)) found.set(market, withPreLiquidation(found.get(market) ?? [], preLiquidation))
    }
  return found
}

export const withPreLiquidation = (those: readonly PreLiquidation[], one: PreLiquidation): readonly PreLiquidation[] =>
  byAddress([...those.filter(({ contract }) => contract !== one.contract), one], ({ contract }) => contract)

/** By contract, whoever ever authorised it. */
export async function findAuthorizers(
  view: View,
  { morpho, fromBlock }: BlueConfig,
  contracts: readonly Address[],
): Promise<ReadonlyMap<Address, ReadonlySet<Address>>> {
  const found = new Map<Address, Set<Address>>(contracts.map((contract) => [contract, new Set()]))
  if (contracts.length === 0) return found
  const topics = [setAuthorization, null, null, contracts.map(wordOfAddress)]
  for await (const page of view.logs({ addresses: [morpho], topics }, fromBlock))
    for (const log of page) found.get(log.addressAt('topic', 3))?.add(log.addressAt('topic', 2))
  return found
}
