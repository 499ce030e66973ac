import type { Winner } from '#core/miss.ts'
import { type Wei, wei } from '#core/numbers.ts'
import type { Flow } from '#core/opportunity.ts'
import type { Plan } from '#core/plan.ts'
import type { Outcome } from '#core/receipt.ts'

/**
 * What the winner was left with, in wei: what was seized and repaid at the exit prices of our own plan for the same
 * position, less gas and tip. An estimate, rounded down: their size and their exits were not ours. `null` where our plan
 * was for other tokens.
 */
export function winnerNetOf({ steps, worths }: Plan, outcome: Outcome, { gas, tip }: Winner): Wei | null {
  const at = steps.findIndex(({ opportunity }) => opportunity.positions.includes(outcome.position))
  const [step, worth] = [steps[at], worths[at]]
  if (step === undefined || worth === undefined || step.opportunity.positions.length !== 1) return null
  const [seized] = step.terms.seized
  const got = priced(outcome.seized, seized, worth.got)
  const paid = step.opportunity.pays
  const owed = paid === null ? undefined : { asset: paid.asset, amount: step.terms.repay }
  const repaid = outcome.repaid === null ? 0n : priced([outcome.repaid], owed, worth.repaid)
  return got === null || repaid === null ? null : wei(got - repaid - gas - tip)
}

function priced(flows: readonly Flow[], ours: Flow | undefined, worth: Wei): bigint | null {
  const [flow, ...more] = flows
  if (flow === undefined) return 0n
  if (more.length > 0 || ours === undefined || ours.amount === 0n || flow.asset !== ours.asset) return null
  return (flow.amount * worth) / ours.amount
}
