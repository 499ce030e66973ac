import type { MarketId } from '#core/book.ts'
import { BPS } from '#core/numbers.ts'
import { gasFreeProfit, type Plan, type StepWorth } from '#core/plan.ts'

/** Markets whose data cannot be right, and why. */
export type TooGood = { readonly markets: readonly MarketId[]; readonly detail: string }

/**
 * A profit the bonus cannot explain is a feed, a pool or a decimal gone wrong. Compares gas-free profit with
 * `repaid · bonus · multiple`; floors, since a limit one wei low is no limit missed. Of several steps those are meant
 * that gain too much by themselves, all that repay where none does: anybody can make a market, and what is wrong with it
 * says nothing of the others. What repays nothing is never too good, and explains what it gets. `null`: plausible.
 */
export function tooGood(plan: Plan, assumedBps: bigint, multiple: number): TooGood | null {
  const repaid = -plan.sum.repay
  if (repaid <= 0n) return null
  const times = BigInt(Math.round(multiple * 1_000))
  const bonuses = plan.steps.map(({ opportunity }) => {
    const own = opportunity.data.bonusBps
    return typeof own === 'bigint' ? own : assumedBps
  })
  const [bonus = 0n] = bonuses
  const isAlone = plan.steps.length === 1
  const allowed = isAlone
    ? (repaid * bonus * times) / (BPS * 1_000n)
    : plan.worths.reduce((sum, worth, at) => sum + allowedOf(worth, bonuses[at] ?? 0n, times), 0n)
  const over = plan.worths.map(
    (worth, at) => worth.repaid > 0n && worth.got - worth.repaid > allowedOf(worth, bonuses[at] ?? 0n, times),
  )
  const profit = gasFreeProfit(plan.sum)
  if (profit <= allowed && (isAlone || !over.includes(true))) return null
  const meant = plan.steps.filter(
    (_, at) => isAlone || (over.includes(true) ? over[at] : (plan.worths[at]?.repaid ?? 0n) > 0n),
  )
  return {
    markets: [...new Set(meant.map(({ opportunity }) => opportunity.market))],
    detail:
      profit > allowed
        ? `a profit of ${profit} wei on ${repaid} wei repaid is above ${multiple} times the bonus (${allowed} wei): bad data`
        : `a step gets more than ${multiple} times its bonus above what it repays: bad data`,
  }
}

const allowedOf = ({ repaid, got }: StepWorth, bonus: bigint, times: bigint): bigint =>
  repaid === 0n ? (got * times) / 1_000n : (repaid * bonus * times) / (BPS * 1_000n)
