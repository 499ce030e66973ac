import { most as larger, least } from '#core/numbers.ts'
import type { Segment } from '#core/opportunity.ts'
import type { Holding } from './account-data.ts'
import {
  burns,
  type Case,
  dustBase,
  leavesEnoughCollateral,
  leavesEnoughDebt,
  liquidate,
  mostRepaid,
  seizable,
} from './liquidation.ts'

/**
 * First integer in `from..to` where a predicate that stays true once true is true; `null` where it never is. Looked for
 * outwards from `near` by doubled steps, then by halves: a good guess is right in two tries, a bad one costs time only.
 */
function firstWhere(from: bigint, to: bigint, holds: (at: bigint) => boolean, near: bigint): bigint | null {
  if (from > to || !holds(to)) return null
  let low = from
  let high = to
  let at = near < from ? from : least(near, to)
  for (let step = 1n; low < high; step *= 2n) {
    if (holds(at)) {
      if (at === from) return at
      high = at
      if (low > from) break
      at = larger(from, at - step)
    } else {
      low = at + 1n
      if (high < to) break
      at = least(to, at + step)
    }
  }
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
  const emptied = inputSeizing(on, most, collateral.collateral)
  const emptiesFrom = firstWhere(1n, most, (input) => seizable(on, input) >= collateral.collateral, emptied)
  const cappedFrom = firstWhere(1n, most, (input) => seizable(on, input) > collateral.collateral, emptied)
  const uncappedTo = cappedFrom === null ? most : cappedFrom - 1n
  const closes = most === debt.debt ? most : null
  const allFrom = emptiesFrom ?? closes

  const segments: Segment[] = []
  const first = firstWhere(1n, uncappedTo, (input) => burns(on, liquidate(on, input)), inputSeizing(on, most, 1n) + 1n)
  if (first !== null) {
    const last = allFrom === null ? uncappedTo : allFrom - 1n
    const partialTo = data.rounding.forbidsDust ? lastLeavingEnough(on, last) : uncappedTo
    if (partialTo !== null) add(segments, first, partialTo)
    if (allFrom !== null) add(segments, larger(allFrom, first), uncappedTo)
  }
  // What all the collateral pays back may round to nothing, which reverts: so it is tried, not concluded.
  if (cappedFrom !== null && burns(on, liquidate(on, cappedFrom))) add(segments, cappedFrom, cappedFrom)
  return { segments: withinCash(on, segments, cash), wholeFrom: cappedFrom ?? closes }
}

/** Last input up to `to` that leaves enough of both; `null` where not even 1 does. */
function lastLeavingEnough(on: Case, to: bigint): bigint | null {
  const { debt, collateral } = on
  const dustOf = ({ price, market }: Holding): bigint => (dustBase * market.data.unit) / price
  const near = least(
    debt.debt - dustOf(debt),
    inputSeizing(on, to, larger(0n, collateral.collateral - dustOf(collateral))),
  )
  const isTooMuch = (input: bigint): boolean => {
    const done = liquidate(on, input)
    return !leavesEnoughDebt(on, done) || !leavesEnoughCollateral(on, done)
  }
  const tooMuch = firstWhere(1n, to, isTooMuch, near)
  const last = tooMuch === null ? to : tooMuch - 1n
  return last >= 1n ? last : null
}

/** About the input that seizes so much: both grow together. */
function inputSeizing(on: Case, most: bigint, seized: bigint): bigint {
  const all = seizable(on, most)
  return all === 0n ? most : (most * seized) / all
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
    const over = firstWhere(from, to, (input) => liquidate(on, input).seize > cash, inputSeizing(on, to, cash))
    if (over === null) return [{ from, to }]
    return over > from ? [{ from, to: over - 1n }] : []
  })
}
