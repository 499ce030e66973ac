import type { Log } from '#core/block.ts'
import { type Book, marketId } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Outcome } from '#core/receipt.ts'
import type { BlueConfig } from './config.ts'
import { liquidate, preLiquidate } from './events.ts'
import { type Blue, type Loan, loanId } from './records.ts'

/** Every liquidation among the logs, whoever made it, through a pre-liquidation contract of the book or by Morpho itself. */
export function outcome({ morpho }: BlueConfig, before: Book<Blue, Loan>, logs: readonly Log[]): readonly Outcome[] {
  return logs.flatMap((log): readonly Outcome[] => {
    if (log.topicCount !== 4) return []
    const topic = log.topic(0)
    if (log.address === morpho && topic === liquidate) return [outcomeOf(before, log, 'liquidate', log.word(3))]
    const isKnown = topic === preLiquidate && isPreLiquidation(before, log)
    return isKnown ? [outcomeOf(before, log, 'pre-liquidate', 0n)] : []
  })
}

const isPreLiquidation = (before: Book<Blue, Loan>, log: Log): boolean =>
  before.market(marketId(log.topic(1)))?.data.preLiquidations.some(({ contract }) => contract === log.address) === true

/** Both events name market, caller and borrower, then what was repaid, in shares too, and what was seized. */
function outcomeOf(before: Book<Blue, Loan>, log: Log, kind: string, badDebt: bigint): Outcome {
  const market = marketId(log.topic(1))
  const blue = before.market(market)?.data
  return {
    kind,
    market,
    position: loanId(market, log.addressAt('topic', 3)),
    by: log.addressAt('topic', 2),
    transactionHash: log.transactionHash,
    logIndex: log.logIndex,
    repaid: blue === undefined ? null : { asset: blue.loan, amount: amount(log.word(0)) },
    seized: blue === undefined ? [] : [{ asset: blue.collateral, amount: amount(log.word(2)) }],
    badDebt: amount(badDebt),
  }
}
