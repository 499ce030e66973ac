/** Seconds before a crossing that are looked at one by one: rounding may let a figure jitter about the line. */
const lookBack = 8

/**
 * The first second in `(from, to]` at which a figure is below zero; `null` where it is below at `from`, or not at `to`.
 * It is taken to cross once, up to rounding: collateral grows by straight lines and debt by convex curves, so what is
 * left between them is concave. False position (Illinois) finds the crossing in a handful of looks, each exact.
 */
export function firstBelow(figureAt: (second: number) => bigint, from: number, to: number): number | null {
  let [low, high] = [from, to]
  let [above, below] = [figureAt(low), figureAt(high)]
  if (above < 0n || below >= 0n) return null
  let last: 'above' | 'below' | null = null
  for (let looks = 1; high - low > 1; looks += 1) {
    // Every third look halves the span, so that a plateau of equal figures costs no more than bisection would.
    const ahead =
      looks % 3 === 0 ? Math.floor((high - low) / 2) : Number((above * BigInt(high - low)) / (above - below))
    const second = Math.min(Math.max(low + ahead, low + 1), high - 1)
    const figure = figureAt(second)
    // An end that stays for a second time counts half, so that the next look falls on its side.
    if (figure < 0n) {
      if (last === 'below') above /= 2n
      ;[high, below, last] = [second, figure, 'below']
    } else {
      if (last === 'above' && below < -1n) below /= 2n
      ;[low, above, last] = [second, figure, 'above']
    }
  }
  let first = high
  for (let second = low; second > Math.max(from, high - lookBack); second -= 1)
    if (figureAt(second) < 0n) first = second
  return first
}
