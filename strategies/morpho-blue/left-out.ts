import type { Book } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { LeftOut } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { createdMarkets } from './bootstrap.ts'
import type { BlueConfig } from './config.ts'
import { readMarkets } from './read-markets.ts'
import type { Blue, BlueMarket, Loan } from './records.ts'

/**
 * Markets with debt that are on no list of ours, found by the logs of their making and three calls each; and those with
 * another interest model, which are known but not judged.
 */
export async function leftOut(view: View, config: BlueConfig, book: Book<Blue, Loan>): Promise<readonly LeftOut[]> {
  const created = config.markets === 'all' ? [] : await createdMarkets(config, view)
  const others = created.filter((id) => book.market(id) === undefined)
  // Of these nothing is priced: their oracles are not looked into.
  const read = await readMarkets(
    view,
    { ...config, oracleFactories: [] },
    others.map((id) => ({ id, preLiquidations: [] })),
  )
  const unknown = [...book.markets()].filter(({ data }) => data.interest === 'other')
  return [...read.map((one) => told(one, 'not-chosen')), ...unknown.map((one) => told(one, 'not-understood'))].filter(
    ({ owes }) => owes.amount > 0n,
  )
}

const told = ({ id, data }: BlueMarket, reason: LeftOut['reason']): LeftOut => ({
  market: id,
  reason,
  owes: { asset: data.loan, amount: amount(data.totalBorrowAssets) },
  gets: [data.collateral],
})
