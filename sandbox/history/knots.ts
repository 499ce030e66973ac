/** Where a line bends: a second, and the value there. */
export type Knot = readonly [second: number, value: number]

/** The line through the knots, level before the first and after the last. */
export function between(knots: readonly Knot[]): (second: number) => number {
  return (second) => {
    const next = knots.findIndex(([at]) => at > second)
    if (next <= 0) return (next === 0 ? knots[0] : knots.at(-1))?.[1] ?? 0
    const [[from, low], [to, high]] = [knots[next - 1] ?? [0, 0], knots[next] ?? [1, 0]]
    return low + ((high - low) * (second - from)) / (to - from)
  }
}
