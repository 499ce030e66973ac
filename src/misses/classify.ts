import type { Hex } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import type { Miss, Winner } from '#core/miss.ts'
import { most, type Wei, wei } from '#core/numbers.ts'
import type { Plan, SkipReason } from '#core/plan.ts'
import type { Outcome } from '#core/receipt.ts'
import { reasonOfSkip } from './reason-of-skip.ts'
import { winnerNetOf } from './winner-net-of.ts'

/** What was said of a position for one block. */
export type Word = {
  /** `act`, or why not. */
  readonly said: 'act' | SkipReason
  readonly detail: string
  readonly plan: Plan | null
  /** The first block for which anything was said of it, without a break since. */
  readonly since: number
}

/** What came of what was to be sent for that block. */
export type Tried = {
  readonly status: 'sent' | 'withheld' | 'refused'
  readonly detail: string
  readonly net: Wei
  /** Tip and priority fee together, of the whole transaction. */
  readonly bid: Wei
  readonly gasUnits: number
  /** The log index at which it landed in that very block; `null` where it did not. */
  readonly landedAt: number | null
}

/** All that decides why a liquidation went to somebody else; from a live keeper, or from history. */
export type Facts = {
  readonly outcome: Outcome
  readonly strategy: string
  readonly block: number
  readonly blockHash: Hex
  /** As the book was before the block. */
  readonly isMarketKnown: boolean
  readonly isPositionKnown: boolean
  readonly isDryRun: boolean
  readonly word: Word | null
  readonly tried: Tried | null
  /** The first block after the winner's for which anything was judged: the first in which we could have acted. */
  readonly nextJudged: number
  /** Whether the protocol itself called it liquidatable before the block's first transaction; `null`: not known. */
  readonly wasLiquidatable: boolean | null
  readonly winner: Winner
  /** Wei for each gas that we pay above the base fee. */
  readonly priorityFee: Wei
}

type Reason = Pick<Miss, 'why' | 'because' | 'detail'>

/** Names the reason; nothing is read and nothing is guessed. */
export function classify(facts: Facts): Miss {
  const { outcome, strategy, block, blockHash, word, winner, nextJudged } = facts
  const reason = reasonOf(facts)
  const ours = foreseen(facts)
  const isRace = reason.why === 'outbid' || reason.why === 'not-included'
  return {
    ...{ outcome, strategy, block, blockHash, winner },
    ...reason,
    since: word?.since ?? null,
    lateBlocks: reason.why === 'seen-late' ? nextJudged - block : null,
    ours,
    winnerNet: word?.plan == null ? null : winnerNetOf(word.plan, outcome, winner),
    outbidBy: isRace && ours !== null ? wei(evenBid(winner, ours.gasUnits) - ours.bid) : null,
  }
}

/** Blocks are built by what is paid for each gas: with so much, a transaction of ours would have paid as well. */
const evenBid = ({ tip, gasUsed }: Winner, gasUnits: number): bigint =>
  gasUsed === 0n ? 0n : (tip * BigInt(gasUnits)) / gasUsed

function reasonOf(facts: Facts): Reason {
  const { isMarketKnown, isPositionKnown, word, tried, wasLiquidatable, outcome } = facts
  if (!isMarketKnown) return told('market-untracked', null, 'no such market is followed')
  if (tried !== null) return reasonOfTried(facts, tried)
  if (word?.said === 'act') return told('not-sent', facts.isDryRun ? 'dry-run' : 'unsent', 'nothing left for its block')
  if (word !== null) return told(reasonOfSkip[word.said], word.said, word.detail)
  if (!isPositionKnown)
    return told('position-unknown', null, `${outcome.position} was not in the book before the block`)
  if (wasLiquidatable === true)
    return told('overlooked', null, 'the protocol called it liquidatable before the block, and we did not')
  return told('seen-late', null, 'above the line before the block')
}

/** An attempt that reached a relay or the mempool lost its place; any other was never in the race. */
function reasonOfTried({ outcome, winner, isDryRun }: Facts, tried: Tried): Reason {
  const { status, detail, bid, gasUnits, landedAt } = tried
  if (landedAt !== null && landedAt < outcome.logIndex)
    return told('seen-late', 'behind-ours', 'what was left of it behind our own')
  if (status !== 'sent') return told('not-sent', isDryRun ? 'dry-run' : status, detail)
  const isKnownLess = winner.isTipWhole && evenBid(winner, gasUnits) < bid
  return isKnownLess ? told('not-included', 'sent', detail) : told('outbid', 'sent', detail)
}

/** Of what was sent, else of the plan that was not. */
function foreseen({ word, tried, priorityFee, outcome }: Facts): Miss['ours'] {
  const plan = word?.plan ?? null
  const net = plan === null ? (tried?.net ?? null) : netOf(plan, outcome.position)
  if (net === null) return null
  if (tried !== null) return { net, bid: tried.bid, gasUnits: tried.gasUnits }
  if (plan === null) return null
  return { net, bid: wei(priorityFee * BigInt(plan.gasUnits) - plan.sum.tip), gasUnits: plan.gasUnits }
}

/** A position's part of what a plan leaves: by what its steps gain of all that is gained, rounded down. */
function netOf({ steps, worths, sum }: Plan, position: PositionId): Wei {
  const gains = worths.map(({ got, repaid }) => most(got - repaid, 0n))
  const all = gains.reduce((total, one) => total + one, 0n)
  const own = steps.reduce((total, { opportunity: { positions } }, at) => {
    const part = positions.includes(position) ? (gains[at] ?? 0n) / BigInt(positions.length) : 0n
    return total + part
  }, 0n)
  return all === 0n ? sum.net : wei((sum.net * own) / all)
}

const told = (why: Reason['why'], because: Reason['because'], detail: string): Reason => ({ why, because, detail })
