import type { Address, Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { wei } from '#core/numbers.ts'
import { gasFreeProfit, strategiesIn } from '#core/plan.ts'
import type { Outcome, Receipt } from '#core/receipt.ts'
import { overlay } from '../book/overlay.ts'
import { decodeLog, type RawLog } from '../chain/log.ts'
import { actualLegs, actualSum, type Executed, type RawReceipt, repaidIn, stepsDone } from '../execution/actuals.ts'
import { failedTry } from '../execution/executed.ts'
import { type Intent, positionsOf } from '../execution/intent.ts'
import type { Exactness } from './events.ts'
import type { Mirror } from './mirror.ts'

export type Settled = {
  readonly receipt: Receipt
  readonly exactness: Exactness
  readonly legs: readonly bigint[]
  readonly gained: bigint
  readonly gasUsed: bigint
  /** Gas as the executor measured it from inside; 0 where it reverted. */
  readonly gasMeasured: bigint
}

/** What the chain says of a plan, and how far that is from what was foreseen. */
export function settle(
  mirror: Mirror,
  intent: Intent,
  raw: RawReceipt & { readonly logs: readonly RawLog[] },
  timestamp: number,
  executor: Address,
  executedOf: (log: Log) => Executed | null,
): Settled {
  const number = Number(raw.blockNumber)
  const block = { number, timestamp, baseFee: wei(0n), parentHash: raw.blockHash as Hex }
  const logs = raw.logs.map((log) => decodeLog(log, block))
  const executed = logs.map(executedOf).find((one) => one !== null) ?? null
  // By now the block is folded in: what it closed is told of by the book as it was before.
  const before = (key: string): Book =>
    overlay(mirror.books.shelf(key), mirror.books.before(key, raw.blockHash as Hex) ?? [])
  const outcomes = mirror.modules.strategies
    // What left unwritten before a crash is told by its receipt alone: it may be anybody's.
    .filter(({ name }) => strategiesIn(intent).includes(name) || intent.strategy === 'untold')
    .flatMap(({ key, module }) => module.outcome(before(key), logs))
  const legs = actualLegs(intent, logs, executor)
  const done = stepsDone(
    intent,
    logs.flatMap((log) => failedTry(log, executor) ?? []),
  )
  const receipt: Receipt = {
    plan: intent.plan,
    transactionHash: raw.transactionHash as Hex,
    block: number,
    status: raw.status === '0x1' ? 'included' : 'reverted',
    outcomes,
    actual: actualSum(intent, done, executed, raw),
    repaid: executed === null ? [] : repaidIn(done, intent.sum),
  }
  const gained = executed?.gained ?? 0n
  const exactness = exactnessOf(
    intent,
    outcomes,
    legs,
    gained,
    number === intent.block && timestamp === intent.timestamp,
  )
  const gasMeasured = executed === null ? 0n : executed.gasCost / BigInt(raw.effectiveGasPrice)
  return { receipt, exactness, legs, gained, gasUsed: BigInt(raw.gasUsed), gasMeasured }
}

function exactnessOf(
  intent: Intent,
  outcomes: readonly Outcome[],
  legs: readonly bigint[],
  gained: bigint,
  isComparable: boolean,
): Exactness {
  const unused = [...outcomes]
  // A batch is told position by position, and was foreseen as one.
  const matched = intent.steps.map((step) =>
    positionsOf(step).flatMap((position): readonly Outcome[] => {
      const at = unused.findIndex(
        (outcome) =>
          outcome.position === position &&
          isAsset(outcome.repaid?.asset, step.debt) &&
          isAsset(outcome.seized[0]?.asset, step.collateral),
      )
      return at < 0 ? [] : unused.splice(at, 1)
    }),
  )
  const total = (at: number, part: (outcome: Outcome) => bigint): bigint =>
    (matched[at] ?? []).reduce((sum, outcome) => sum + part(outcome), 0n)
  return {
    isComparable,
    repay: intent.steps.map((step, at) => total(at, ({ repaid }) => repaid?.amount ?? 0n) - step.repay),
    seize: intent.steps.map((step, at) => total(at, ({ seized }) => seized[0]?.amount ?? 0n) - step.seize),
    swapOut: intent.legs.map((leg, at) => (legs[at] ?? 0n) - leg.bought),
    profit: gained - gasFreeProfit(intent.sum),
  }
}

const isAsset = (found: string | undefined, wanted: string | null): boolean =>
  found === undefined || wanted === null || found === wanted.toLowerCase()
