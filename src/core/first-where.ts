/** Steps before a crossing that are looked at one by one: rounding may let a figure jitter about the line. */
const lookBack = 8

/**
 * The first whole number in `(from, to]` (a second, a block) at which something holds; `null` where it holds at `from`
 * already, or not at `to`. It is taken to begin once, up to rounding, so that halving finds where.
 */
export function firstWhere(holds: (at: number) => boolean, from: number, to: number): number | null {
  if (holds(from) || !holds(to)) return null
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  let first = high
  for (let at = low; at > Math.max(from, high - lookBack); at -= 1) if (holds(at)) first = at
  return first
}
