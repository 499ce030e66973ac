import type { Address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, marketId } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Outcome } from '#core/receipt.ts'
import { badDebtIncreased, healBorrow, liquidatedThrough, transfer } from './events.ts'
import { type Liquidated, liquidatedIn } from './logged.ts'
import {
  type Account,
  accountId,
  type CompoundMarket,
  type CToken,
  hubId,
  isCToken,
  isHub,
  tokenId,
} from './records.ts'

type CompoundBook = Book<CompoundMarket, Account>

/**
 * Every liquidation among the logs, whoever made it. What is seized is what the liquidator was handed: the protocol's
 * share, and that of Venus' Liquidator, are taken off. Bad debt is what a healing wrote off.
 */
export function outcome(before: CompoundBook, logs: readonly Log[]): readonly Outcome[] {
  const used = new Set<Log>()
  const found: Outcome[] = []
  for (const [at, log] of logs.entries()) {
    const market = before.market(tokenId(log.address))
    if (!isCToken(market) || log.topicCount === 0) continue
    const done = liquidatedIn(log)
    if (done !== null) found.push(liquidation(before, market.data, log, done, logs, at, used))
    else if (log.topic(0) === healBorrow) found.push(healing(before, market.data, log, logs, used))
  }
  return found
}

const told = (
  { comptroller }: CToken,
  borrower: Address,
  log: Log,
): Pick<Outcome, 'market' | 'position' | 'transactionHash' | 'logIndex'> => ({
  market: hubId(comptroller),
  position: accountId(comptroller, borrower),
  transactionHash: log.transactionHash,
  logIndex: log.logIndex,
})

function liquidation(
  before: CompoundBook,
  debt: CToken,
  log: Log,
  done: Liquidated,
  logs: readonly Log[],
  at: number,
  used: Set<Log>,
): Outcome {
  const hub = before.market(marketId(debt.comptroller))
  const through =
    isHub(hub) && hub.data.liquidator === done.by ? passedOn(hub.data.liquidator, done, logs.slice(at), log) : null
  const moved = logs
    .slice(0, at)
    .findLast((one) => isTransfer(one, log, done.borrower, done.by) && one.address === done.collateral)
  if (moved !== undefined) used.add(moved)
  const tokens = through?.tokens ?? moved?.word(0) ?? done.tokens
  return {
    ...{ ...told(debt, done.borrower, log), kind: 'liquidate' },
    by: through?.by ?? done.by,
    repaid: { asset: debt.underlying, amount: amount(done.repaid) },
    seized: [{ asset: done.collateral, amount: amount(tokens) }],
    badDebt: amount(0n),
  }
}

/** What Venus' Liquidator passed on, and to whom. */
function passedOn(
  liquidator: Address,
  done: Liquidated,
  later: readonly Log[],
  log: Log,
): { by: Address; tokens: bigint } | null {
  const found = later.find(
    (one) =>
      one.transactionHash === log.transactionHash &&
      one.address === liquidator &&
      one.topicCount === 4 &&
      one.topic(0) === liquidatedThrough &&
      one.addressAt('topic', 2) === done.borrower &&
      one.addressAt('topic', 3) === done.collateral,
  )
  return found === undefined ? null : { by: found.addressAt('topic', 1), tokens: found.word(3) }
}

const isTransfer = (one: Log, log: Log, from: Address, to: Address): boolean =>
  one.transactionHash === log.transactionHash &&
  one.topicCount === 3 &&
  one.topic(0) === transfer &&
  one.addressAt('topic', 1) === from &&
  one.addressAt('topic', 2) === to

/** All of an account's collateral goes with its first debt; the others of one transaction seize nothing more. */
function healing(before: CompoundBook, debt: CToken, log: Log, logs: readonly Log[], used: Set<Log>): Outcome {
  const [payer, borrower] = [log.addressAt('topic', 1), log.addressAt('topic', 2)]
  const moved = logs.filter(
    (one) => !used.has(one) && isTransfer(one, log, borrower, payer) && isCToken(before.market(tokenId(one.address))),
  )
  for (const one of moved) used.add(one)
  const bad = logs.find(
    (one) =>
      one.transactionHash === log.transactionHash &&
      one.address === log.address &&
      one.topicCount === 2 &&
      one.topic(0) === badDebtIncreased &&
      one.addressAt('topic', 1) === borrower,
  )
  return {
    ...{ ...told(debt, borrower, log), kind: 'heal', by: payer },
    repaid: { asset: debt.underlying, amount: amount(log.word(0)) },
    seized: moved.map((one) => ({ asset: one.address, amount: amount(one.word(0)) })),
    badDebt: amount(bad?.word(0) ?? 0n),
  }
}
