import { type Amount, amount as amountOf } from '#core/numbers.ts'

/**
 * The smallest sale that buys at least `need`; `null` where none does. `sells` rises with its argument and is `null`
 * beyond what can be sold. Secants from the guess, then halves: mostly five quotes, at most some hundred.
 */
export function leastToCover(sells: (units: Amount) => Amount | null, need: bigint, guess: number): Amount | null {
  let low = 0n
  let high: bigint | null = null
  let units = BigInt(Math.max(1, Math.ceil(guess)))
  let previous: { units: bigint; bought: bigint } | null = null
  for (let i = 0; i < 300; i += 1) {
    const bought: bigint | null = sells(amountOf(units))
    const enough = bought === null || bought >= need
    if (enough && (high === null || units < high)) high = units
    if (!enough && units > low) low = units
    if (high !== null && high - low <= 1n) break
    const secant: bigint | null = bought === null ? null : nextBySecant({ units, bought }, previous, need)
    previous = bought === null ? null : { units, bought }
    const inside = secant !== null && secant > low && (high === null || secant < high)
    units = inside && i < 40 ? secant : high === null ? low * 2n + 1n : (low + high) / 2n
    if (units.toString(2).length > 256) return null
  }
  return high !== null && sells(amountOf(high)) !== null ? amountOf(high) : null
}

/** One more than what the slope asks for: from there on the bracket closes from above. */
function nextBySecant(
  now: { units: bigint; bought: bigint },
  before: { units: bigint; bought: bigint } | null,
  need: bigint,
): bigint | null {
  if (now.bought === 0n) return null
  const [run, rise] =
    before === null || before.bought === now.bought || before.units === now.units
      ? [now.units, now.bought]
      : [now.units - before.units, now.bought - before.bought]
  if (rise === 0n || run === 0n) return null
  const missing = need - now.bought
  const step = (missing * run) / rise
  return now.units + (step === 0n ? (missing > 0n ? 1n : -1n) : step)
}
