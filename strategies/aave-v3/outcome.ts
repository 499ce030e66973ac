import type { Address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Outcome } from '#core/receipt.ts'
import { deficitCreated, liquidationCall } from './events.ts'
import { type AaveMarket, type Account, accountId, isPool, isReserve, type Pool, reserveId } from './records.ts'

/**
 * Every liquidation among the logs, whoever made it. What is seized is net of the protocol's fee; paid out in aTokens it
 * is told as such. Bad debt is what was written off of the repaid asset, in its units.
 */
export function outcome(before: Book<AaveMarket, Account>, logs: readonly Log[]): readonly Outcome[] {
  const pools = new Map([...before.markets()].filter(isPool).map(({ data }) => [data.pool, data]))
  return logs.flatMap((log, at) => {
    const pool = pools.get(log.address)
    if (pool === undefined || log.topicCount === 0 || log.topic(0) !== liquidationCall) return []
    return [outcomeOf(before, pool, log, logs.slice(0, at))]
  })
}

function outcomeOf(before: Book<AaveMarket, Account>, pool: Pool, log: Log, earlier: readonly Log[]): Outcome {
  const collateral = log.addressAt('topic', 1)
  const debt = log.addressAt('topic', 2)
  const user = log.addressAt('topic', 3)
  const inATokens = log.word(3) !== 0n
  const reserve = before.market(reserveId(pool.pool, collateral))
  const seized = inATokens && isReserve(reserve) ? reserve.data.aToken : collateral
  return {
    kind: 'liquidate',
    market: before.position(accountId(pool.pool, user))?.market ?? reserveHome(pool),
    position: accountId(pool.pool, user),
    by: log.addressAt('data', 2),
    transactionHash: log.transactionHash,
    logIndex: log.logIndex,
    repaid: { asset: debt, amount: amount(log.word(0)) },
    seized: [{ asset: seized, amount: amount(log.word(1)) }],
    badDebt: amount(writtenOff(pool, log, user, debt, earlier)),
  }
}

const reserveHome = (pool: Pool): Outcome['market'] => pool.pool as string as Outcome['market']

/** `DeficitCreated` comes before its `LiquidationCall`; an earlier liquidation in between ends the search. */
function writtenOff(pool: Pool, log: Log, user: Address, debt: Address, earlier: readonly Log[]): bigint {
  for (let at = earlier.length - 1; at >= 0; at -= 1) {
    const one = earlier[at]
    if (one === undefined || one.transactionHash !== log.transactionHash) break
    if (one.address !== pool.pool || one.topicCount === 0) continue
    if (one.topic(0) === liquidationCall) break
    const isIt =
      one.topic(0) === deficitCreated && one.addressAt('topic', 1) === user && one.addressAt('topic', 2) === debt
    if (isIt) return one.word(0)
  }
  return 0n
}
