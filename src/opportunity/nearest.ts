import type { Exposure, Line } from '#core/feed.ts'
import { type Row, type RowGroup, rowAt } from '#core/packed.ts'
import type { Lines } from './lines.ts'
import type { ColumnOf } from './scan.ts'

/** A row, and how far every side may move against its line, relatively, before it is unsafe; below 0: it is. */
export type NearRow = { readonly row: Row; readonly margin: number }
export type NearRows = {
  /** The nearest first. */
  readonly near: readonly NearRow[]
  /** Of all rows, how many are on the line or below it, by floats. */
  readonly below: number
}

/** Rows looked at between two yields: some tens of microseconds. */
const sliceRows = 1_024

/**
 * The `count` rows nearest to the line at these side values, looked for in slices: floats, to be shown and not to decide.
 * Rows without a figure (a feed that reverts, a hole) are left out; one that says `always` stands on the line.
 */
export function* nearestRows(
  lines: Lines,
  groups: readonly RowGroup[],
  odd: ReadonlyMap<Row, Exposure>,
  values: Float64Array,
  columnOf: ColumnOf,
  count: number,
): Generator<void, NearRows> {
  const best = createBest(count)
  let looked = 0
  for (const [group, { kind, length }] of groups.entries()) {
    if (kind === 0) continue
    for (let place = 0; place < length; place += 1) {
      const row = rowAt(group, place)
      best.offer(row, lines.margin(row, values))
      if (++looked % sliceRows === 0) yield
    }
  }
  for (const [row, exposure] of [...odd]) {
    best.offer(row, exposure === 'always' ? 0 : Math.min(...exposure.map((line) => marginOf(line, columnOf))))
    if (++looked % sliceRows === 0) yield
  }
  return best.take()
}

function marginOf({ terms, allowance }: Line, columnOf: ColumnOf): number {
  let [sum, gross] = [-allowance, allowance]
  for (const { weight, feed, market, slot } of terms) {
    const value = weight * columnOf(feed, market, slot)
    sum += value
    gross += Math.abs(value)
  }
  return sum / gross
}

/** Keeps the least margins; sorted now and then, so that an offer costs a comparison. */
function createBest(count: number): {
  readonly offer: (row: Row, margin: number) => void
  readonly take: () => NearRows
} {
  let kept: NearRow[] = []
  let most = Number.POSITIVE_INFINITY
  let below = 0
  const cut = (): void => {
    kept = kept.sort((a, b) => a.margin - b.margin).slice(0, count)
    if (kept.length === count) most = kept.at(-1)?.margin ?? most
  }
  return {
    offer: (row, margin) => {
      if (margin <= 0) below += 1
      if (!(margin < most)) return
      kept.push({ row, margin })
      if (kept.length >= 2 * count) cut()
    },
    take: () => {
      cut()
      return { near: kept, below }
    },
  }
}
