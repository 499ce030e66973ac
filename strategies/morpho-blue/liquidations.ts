import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import type { BlueConfig } from './config.ts'
import { liquidate, preLiquidate } from './events.ts'
import type { Blue, Loan } from './records.ts'

/** Of every market there is, chosen or not; pre-liquidations where their contracts are in the book. */
export function liquidations({ morpho }: BlueConfig, book: Book<Blue, Loan>): readonly LogFilter[] {
  const contracts = [...book.markets()].flatMap(({ data }) => data.preLiquidations.map(({ contract }) => contract))
  return [
    { addresses: [morpho], topics: [liquidate] },
    ...(contracts.length === 0 ? [] : [{ addresses: contracts, topics: [preLiquidate] }]),
  ]
}
