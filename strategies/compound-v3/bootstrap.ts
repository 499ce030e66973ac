import type { Address } from '#core/address.ts'
import type { Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { CometConfig } from './config.ts'
import { supplyCollateral, transferCollateral } from './events.ts'
import { readAccounts } from './read-accounts.ts'
import { readComet, readStocks, readTotals } from './read-comet.ts'
import type { CometMarket, CometRecord } from './records.ts'

/** Accounts whose state is read in one go. */
const pageSize = 500

/** The Comet, its totals and stocks, then whoever ever had collateral and owes, page by page. */
export async function* bootstrap(
  { comet, fromBlock }: CometConfig,
  view: View,
): AsyncIterable<readonly Patch<CometMarket, CometRecord>[]> {
  const market = await readComet(view, comet)
  const assets = market.data.assets.map(({ asset }) => asset)
  const [totals, stocks] = await Promise.all([readTotals(view, market.data), readStocks(view, comet, assets)])
  yield [
    ...[market, totals].map((one) => ({ op: 'put-market' as const, market: one })),
    ...stocks.map((position) => ({ op: 'put-position' as const, position })),
  ]
  const accounts = [...(await holders(view, comet, fromBlock))]
  for (let from = 0; from < accounts.length; from += pageSize) {
    const positions = await readAccounts(view, market.data, accounts.slice(from, from + pageSize))
    yield positions.map((position) => ({ op: 'put-position', position }))
  }
}

/** Nobody owes who never had collateral; both logs name the one who gets it second. A debt may come without a log. */
async function holders(view: View, comet: Address, fromBlock: number): Promise<ReadonlySet<Address>> {
  const found = new Set<Address>()
  const topics = [[supplyCollateral, transferCollateral]]
  for await (const page of view.logs({ addresses: [comet], topics }, fromBlock))
    for (const log of page) found.add(log.addressAt('topic', 2))
  return found
}
