/**
 * One way through a pool for sizing, in floats: ranges of constant product, best first. In each the marginal price after
 * fee p (bought per sold, smallest units) falls from `from²` to `to²`, and with q = √p the range has sold
 * depth·(1/q − 1/from) and bought depth·(from − q). A constant product pool of reserves x, y and γ after fee is one range
 * from √(γy/x) to 0 of depth √(xy/γ); a range of liquidity L has depth L/√γ. Other shapes are cut into such pieces.
 * Row by row: `from`, `to`, `depth`, and what all ranges before have `sold` and `bought`. Empty where nothing is sold.
 */
export type Curve = Float64Array

/** Numbers a range has. */
export const curveRow = 5
export const emptyCurve: Curve = new Float64Array(0)

/** Where the range begins that `root` (√ of a price, below the curve's first) lies in, or in the gap behind it. */
export function rowAt(curve: Curve, root: number): number {
  let low = 0
  let high = curve.length / curveRow - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (root < (curve[middle * curveRow] ?? 0)) low = middle
    else high = middle - 1
  }
  return low * curveRow
}

/** How much to sell until the marginal price after fee has fallen to `price`, and what that buys. */
export function fillTo(curve: Curve, price: number): { readonly sold: number; readonly bought: number } {
  const root = Math.sqrt(price)
  if (!(root < (curve[0] ?? 0))) return { sold: 0, bought: 0 }
  const row = rowAt(curve, root)
  const from = curve[row] ?? 0
  const stop = Math.max(root, curve[row + 1] ?? 0)
  const bought = (curve[row + 2] ?? 0) * (from - stop)
  return { sold: (curve[row + 3] ?? 0) + bought / (from * stop), bought: (curve[row + 4] ?? 0) + bought }
}
