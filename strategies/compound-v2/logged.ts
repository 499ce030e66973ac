import type { Address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { accrueInterest, accrueInterestOld, borrow, liquidateBorrow, repayBorrow } from './events.ts'

/**
 * The values of a log in the order of its event's arguments, the first of which one fork indexes and another does not:
 * indexed ones are its topics. What is indexed behind what is not has its own place here: none of those read has.
 */
const argument = (log: Log, at: number): bigint => {
  const indexed = log.topicCount - 1
  return at < indexed ? BigInt(log.topic(at + 1)) : log.word(at - indexed)
}
export const addressArgument = (log: Log, at: number): Address =>
  `0x${argument(log, at).toString(16).padStart(40, '0')}` as Address

/** A market's borrow index, where the log tells it. */
export function indexIn(log: Log): bigint | null {
  if (log.topicCount === 0) return null
  if (log.topic(0) === accrueInterest) return log.word(2)
  return log.topic(0) === accrueInterestOld ? log.word(1) : null
}

/** What somebody owes from here on, where the log tells it. */
export function owedIn(log: Log): { readonly user: Address; readonly principal: bigint } | null {
  if (log.topicCount === 0) return null
  if (log.topic(0) === borrow) return { user: addressArgument(log, 0), principal: argument(log, 2) }
  if (log.topic(0) === repayBorrow) return { user: addressArgument(log, 1), principal: argument(log, 3) }
  return null
}

export type Liquidated = {
  readonly by: Address
  readonly borrower: Address
  readonly repaid: bigint
  readonly collateral: Address
  readonly tokens: bigint
}
/** Isolated pools index the collateral, the fourth of five: what is in topics comes in order, and so does the rest. */
export function liquidatedIn(log: Log): Liquidated | null {
  if (log.topicCount === 0 || log.topic(0) !== liquidateBorrow) return null
  const isThirdIndexed = log.topicCount === 4
  return {
    by: addressArgument(log, 0),
    borrower: addressArgument(log, 1),
    repaid: isThirdIndexed ? log.word(0) : argument(log, 2),
    collateral: isThirdIndexed ? log.addressAt('topic', 3) : addressArgument(log, 3),
    tokens: isThirdIndexed ? log.word(1) : argument(log, 4),
  }
}
