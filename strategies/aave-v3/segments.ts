import { most as larger } from '#core/numbers.ts'
import type { Segment } from '#core/opportunity.ts'
import {
  burns,
  type Case,
  leavesEnoughCollateral,
  leavesEnoughDebt,
  liquidate,
  mostRepaid,
  seizable,
} from './liquidation.ts'

/** First integer in `from..to` where a predicate that stays true once true is true; `null` where it never is. */
function firstWhere(from: bigint, to: bigint, holds: (at: bigint) => boolean): bigint | null {
  if (from > to || !holds(to)) return null
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) / 2n
    if (holds(middle)) high = middle
    else low = middle + 1n
  }
  return low
}

export type Inputs = {
  readonly segments: readonly Segment[]
  /** The largest integer does the same as any input from here on; `null` where only an exact input will do. */
  readonly wholeFrom: bigint | null
}

/**
 * Every `debtToCover` that the pool accepts and does not clamp to a smaller one of the same outcome, as disjoint closed
 * segments. Three kinds: leaving enough on both sides; taking all the collateral; taking all the debt. Each condition is
 * monotone in the input, so every end is found by bisection and is exact. `cash` caps what can be paid out.
 */
export function acceptedInputs(on: Case, cash: bigint): Inputs {
  const most = mostRepaid(on)
  const { debt, collateral, data } = on
  const emptiesFrom = firstWhere(1n, most, (input) => seizable(on, input) >= collateral.collateral)
  const cappedFrom = firstWhere(1n, most, (input) => seizable(on, input) > collateral.collateral)
  const uncappedTo = cappedFrom === null ? most : cappedFrom - 1n
  const closes = most === debt.debt ? most : null
  const allFrom = emptiesFrom ?? closes

  const segments: Segment[] = []
  const least = firstWhere(1n, uncappedTo, (input) => burns(on, liquidate(on, input)))
  if (least !== null) {
    const last = allFrom === null ? uncappedTo : allFrom - 1n
    const partialTo = data.rounding.forbidsDust ? lastLeavingEnough(on, last) : uncappedTo
    if (partialTo !== null) add(segments, least, partialTo)
    if (allFrom !== null) add(segments, larger(allFrom, least), uncappedTo)
  }
  // What all the collateral pays back may round to nothing, which reverts: so it is tried, not concluded.
  if (cappedFrom !== null && burns(on, liquidate(on, cappedFrom))) add(segments, cappedFrom, cappedFrom)
  return { segments: withinCash(on, segments, cash), wholeFrom: cappedFrom ?? closes }
}

/** Last input up to `to` that leaves enough of both; `null` where not even 1 does. */
function lastLeavingEnough(on: Case, to: bigint): bigint | null {
  const tooMuch = firstWhere(1n, to, (input) => {
    const done = liquidate(on, input)
    return !leavesEnoughDebt(on, done) || !leavesEnoughCollateral(on, done)
  })
  const last = tooMuch === null ? to : tooMuch - 1n
  return last >= 1n ? last : null
}

/** Joined to the one before where they touch. */
function add(segments: Segment[], from: bigint, to: bigint): void {
  if (from > to) return
  const before = segments.at(-1)
  if (before !== undefined && from <= before.to + 1n) segments[segments.length - 1] = { from: before.from, to }
  else segments.push({ from, to })
}

/** What is seized grows with the input, so cash cuts at one point. */
function withinCash(on: Case, segments: readonly Segment[], cash: bigint): readonly Segment[] {
  return segments.flatMap(({ from, to }): Segment[] => {
    const over = firstWhere(from, to, (input) => liquidate(on, input).seize > cash)
    if (over === null) return [{ from, to }]
    return over > from ? [{ from, to: over - 1n }] : []
  })
}
