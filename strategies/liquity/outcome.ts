import type { Address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Outcome } from '#core/receipt.ts'
import { liquidation, poolTopics, troveLiquidated } from './events.ts'
import { type System, type SystemMarket, type Trove, troveId } from './records.ts'

/**
 * Every trove that was liquidated. A call tells its liquidator's share for all its troves together: each is told its part
 * by collateral, to the wei in the sum. Nobody repays anything; debt is offset or redistributed, none is written off.
 */
export function outcome(before: Book<System, Trove>, logs: readonly Log[]): readonly Outcome[] {
  return [...before.markets()].flatMap((market) => {
    const all: Outcome[] = []
    let open: Log[] = []
    for (const [at, log] of logs.entries()) {
      if (log.address !== market.data.manager || log.topicCount === 0) continue
      if (log.topic(0) === troveLiquidated) open.push(log)
      if (log.topic(0) !== liquidation) continue
      all.push(...outcomesOf(market, open, log, logs.slice(at + 1)))
      open = []
    }
    return all
  })
}

function outcomesOf(
  { id, data }: SystemMarket,
  troves: readonly Log[],
  end: Log,
  rest: readonly Log[],
): readonly Outcome[] {
  const compensation = end.word(2)
  const by = compensation === 0n ? null : paidTo(data, end, compensation, rest)
  const total = troves.reduce((sum, log) => sum + log.word(1), 0n)
  let given = 0n
  return troves.map((log, at) => {
    const isLast = at === troves.length - 1
    const part = isLast ? compensation - given : (compensation * log.word(1)) / (total === 0n ? 1n : total)
    given += part
    return {
      ...{ kind: 'liquidate', market: id, position: troveId(data.manager, log.addressAt('topic', 1)), by },
      ...{ transactionHash: log.transactionHash, logIndex: log.logIndex },
      ...{ repaid: null, seized: [{ asset: 'native', amount: amount(part) }], badDebt: amount(0n) },
    }
  })
}

/** The active pool's first payment of just so much after the call's own log. */
function paidTo(system: System, end: Log, compensation: bigint, rest: readonly Log[]): Address | null {
  const { etherSent } = poolTopics(system.symbol)
  const paid = rest.find(
    (log) =>
      log.transactionHash === end.transactionHash &&
      log.address === system.activePool &&
      log.topicCount > 0 &&
      log.topic(0) === etherSent &&
      log.word(1) === compensation,
  )
  return paid?.addressAt('data', 0) ?? null
}
