import { most as larger, least } from '#core/numbers.ts'
import type { Segment } from '#core/opportunity.ts'
import { burns, type Case, debtNeeded, liquidate, mostRepaid, seizable } from './liquidation.ts'

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

/**
 * Every `debtToCover` that the pool accepts and does not clamp to a smaller one of the same outcome, as disjoint closed
 * segments: what is seized grows with the input up to all the collateral, and from there on nothing changes. Each
 * condition is monotone in the input, so every end is found by bisection and is exact. `cash` caps what can be paid out.
 */
export function acceptedInputs(on: Case, cash: bigint): readonly Segment[] {
  const most = mostRepaid(on)
  const cappedFrom = firstWhere(1n, most, (input) => seizable(on, input) > on.collateral.collateral)
  const uncappedTo = cappedFrom === null ? most : cappedFrom - 1n
  const first = firstWhere(1n, uncappedTo, (input) => burns(on, liquidate(on, input)))
  const found: Segment[] = first === null ? [] : [{ from: first, to: uncappedTo }]
  // What all the collateral pays back may round to nothing, which reverts: so it is tried, not concluded.
  if (cappedFrom !== null && burns(on, liquidate(on, cappedFrom))) {
    const to = larger(cappedFrom, least(most, debtNeeded(on)))
    found.splice(0, found.length, { from: first ?? cappedFrom, to })
  }
  return found.flatMap(({ from, to }): Segment[] => {
    const over = firstWhere(from, to, (input) => liquidate(on, input).seize > cash)
    if (over === null) return [{ from, to }]
    return over > from ? [{ from, to: over - 1n }] : []
  })
}
