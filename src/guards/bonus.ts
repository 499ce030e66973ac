import { BPS, most } from '#core/numbers.ts'
import { gasFreeProfit, type Plan } from '#core/plan.ts'

/** The liquidation bonus beyond 100 %, in bps: what a strategy says in `opportunity.data.bonusBps`, or what is assumed. */
function bonusBps(plan: Plan, assumedBps: bigint): bigint {
  const said = plan.steps.map(({ opportunity }) => {
    const own = opportunity.data.bonusBps
    return typeof own === 'bigint' ? own : assumedBps
  })
  return said.reduce((highest, one) => most(highest, one), 0n)
}

/**
 * A profit the bonus cannot explain is a feed, a pool or a decimal gone wrong. Compares gas-free profit with
 * `repay · bonus · multiple`; floors, since a limit one wei low is no limit missed. `null` where it is plausible, or
 * where nothing is repaid.
 */
export function tooGood(plan: Plan, assumedBps: bigint, multiple: number): string | null {
  const repaid = -plan.sum.repay
  if (repaid <= 0n) return null
  const allowed = (repaid * bonusBps(plan, assumedBps) * BigInt(Math.round(multiple * 1_000))) / (BPS * 1_000n)
  const profit = gasFreeProfit(plan.sum)
  if (profit <= allowed) return null
  return `a profit of ${profit} wei on ${repaid} wei repaid is above ${multiple} times the bonus (${allowed} wei): bad data`
}
