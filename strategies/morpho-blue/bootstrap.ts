import { type MarketId, marketId, type Patch, type PositionId } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { BlueConfig } from './config.ts'
import { createMarket, supplyCollateral } from './events.ts'
import { findAuthorizers, findPreLiquidations } from './find-pre-liquidations.ts'
import { readLoans } from './read-loans.ts'
import { readMarkets } from './read-markets.ts'
import { type Blue, borrowerOfLoan, type Loan, loanId, marketOfLoan } from './records.ts'
import { followed } from './watches.ts'

/** Loans whose state is read in one go. */
const pageSize = 500

/**
 * The markets with their pre-liquidation contracts, then whoever ever put collateral into one of them and still has
 * some, page by page: nobody owes anything without.
 */
export async function* bootstrap(config: BlueConfig, view: View): AsyncIterable<readonly Patch<Blue, Loan>[]> {
  const created = await findPreLiquidations(view, config)
  const ids = config.markets === 'all' ? await createdMarkets(config, view) : config.markets
  const markets = await readMarkets(
    view,
    config,
    ids.map((id) => ({ id, preLiquidations: created.get(id) ?? [] })),
  )
  yield markets.map((market) => ({ op: 'put-market', market }))
  const contractsOf = new Map(
    markets.map(({ id, data }) => [id, data.preLiquidations.map(({ contract }) => contract)] as const),
  )
  const authorizers = await findAuthorizers(view, config, [...contractsOf.values()].flat())
  const loans = [...(await loansWithCollateral(config, view, contractsOf))]
  for (let from = 0; from < loans.length; from += pageSize) {
    const wanted = loans.slice(from, from + pageSize).map((id) => {
      const contracts = contractsOf.get(marketOfLoan(id)) ?? []
      return { id, asks: contracts.filter((contract) => authorizers.get(contract)?.has(borrowerOfLoan(id)) === true) }
    })
    const positions = await readLoans(view, config, wanted)
    yield positions.map((position) => ({ op: 'put-position', position }))
  }
}

/** Every market there is, by the logs of their making. */
export async function createdMarkets({ morpho, fromBlock }: BlueConfig, view: View): Promise<readonly MarketId[]> {
  const ids = new Set<MarketId>()
  for await (const page of view.logs({ addresses: [morpho], topics: [createMarket] }, fromBlock))
    for (const log of page) ids.add(marketId(log.topic(1)))
  return [...ids]
}

async function loansWithCollateral(
  config: BlueConfig,
  view: View,
  markets: ReadonlyMap<MarketId, unknown>,
): Promise<ReadonlySet<PositionId>> {
  const loans = new Set<PositionId>()
  const filter = { addresses: [config.morpho], topics: [supplyCollateral, followed(config)] }
  for await (const page of view.logs(filter, config.fromBlock))
    for (const log of page) {
      const market = marketId(log.topic(1))
      if (markets.has(market)) loans.add(loanId(market, log.addressAt('topic', 3)))
    }
  return loans
}
