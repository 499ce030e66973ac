import { type Hex, wordOfAddress } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import type { BlueConfig } from './config.ts'
import { borrowRateUpdate, createPreLiquidation, marketTopics, preLiquidate, setAuthorization } from './events.ts'
import type { Blue, Loan } from './records.ts'

/** The topic of the markets that are followed; any where all are. */
export const followed = ({ markets }: BlueConfig): readonly Hex[] | null =>
  markets === 'all' ? null : markets.map((id) => id as string as Hex)

/** Grows with the pre-liquidation contracts alone. */
export function watches(config: BlueConfig, book: Book<Blue, Loan>): readonly LogFilter[] {
  const { morpho, irm, preLiquidationFactories } = config
  const ids = followed(config)
  const contracts = [...book.markets()].flatMap(({ data }) => data.preLiquidations.map(({ contract }) => contract))
  return [
    { addresses: [morpho], topics: [marketTopics, ids] },
    { addresses: [irm], topics: [borrowRateUpdate, ids] },
    ...(preLiquidationFactories.length === 0
      ? []
      : [{ addresses: preLiquidationFactories, topics: [createPreLiquidation] }]),
    ...(contracts.length === 0
      ? []
      : [
          { addresses: [morpho], topics: [setAuthorization, null, null, contracts.map(wordOfAddress)] },
          { addresses: contracts, topics: [preLiquidate] },
        ]),
  ]
}
