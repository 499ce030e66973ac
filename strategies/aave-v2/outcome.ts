import type { Log } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Outcome } from '#core/receipt.ts'
import { liquidationCall } from './events.ts'
import { type AaveMarket, type Account, accountId, isPool, isReserve, type Pool, poolId, reserveId } from './records.ts'

/** Every liquidation among the logs, whoever made it; what was paid out in aTokens is told as such. */
export function outcome(before: Book<AaveMarket, Account>, logs: readonly Log[]): readonly Outcome[] {
  const pools = new Map([...before.markets()].filter(isPool).map(({ data }) => [data.pool, data]))
  return logs.flatMap((log) => {
    const pool = pools.get(log.address)
    if (pool === undefined || log.topicCount === 0 || log.topic(0) !== liquidationCall) return []
    return [outcomeOf(before, pool, log)]
  })
}

function outcomeOf(before: Book<AaveMarket, Account>, { pool }: Pool, log: Log): Outcome {
  const collateral = log.addressAt('topic', 1)
  const reserve = before.market(reserveId(pool, collateral))
  const inATokens = log.word(3) !== 0n
  return {
    kind: 'liquidate',
    market: poolId(pool),
    position: accountId(pool, log.addressAt('topic', 3)),
    by: log.addressAt('data', 2),
    transactionHash: log.transactionHash,
    logIndex: log.logIndex,
    repaid: { asset: log.addressAt('topic', 2), amount: amount(log.word(0)) },
    seized: [
      { asset: inATokens && isReserve(reserve) ? reserve.data.aToken : collateral, amount: amount(log.word(1)) },
    ],
    badDebt: amount(0n),
  }
}
