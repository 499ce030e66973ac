import { type Row, type RowGroup, rowAt } from '#core/packed.ts'
import type { Lines } from './lines.ts'
import { bucketCount, bucketOf, createMarginIndex, type MarginIndex } from './margin-index.ts'

/**
 * The margin index in use and, while values drift away from its reference, the next one: made a slice at a time beside
 * it, so that no pause grows with the book. What changes meanwhile enters both.
 */
export interface Reference {
  readonly current: () => MarginIndex | null
  /** A line was written. */
  readonly enter: (row: Row) => void
  /** Begins the next index at these values, unless one is being made. */
  readonly begin: (values: Float64Array) => void
  /** Enters up to so many lines more. @returns whether any are left. */
  readonly advance: (lines: number) => boolean
}

/** Lines with room above this share of the book are not entered: a move that reaches them is cheaper swept. */
const enteredShare = 1 / 14

export function createReference(lines: Lines, groups: () => readonly RowGroup[]): Reference {
  let current: MarginIndex | null = null
  let next: MarginIndex | null = null
  let group = 0
  let place = 0
  let seen = new Uint32Array(bucketCount + 2)
  let bucketMax = bucketCount >> 1

  const enterInto = (index: MarginIndex, row: Row): number => {
    const margin = lines.margin(row, index.reference)
    index.enter(row, lines.sidesOf(row), margin)
    return margin
  }
  const finish = (): void => {
    current = next
    next = null
    bucketMax = bucketFor(seen)
  }
  const advance = (count: number): boolean => {
    if (next === null) return false
    for (let left = count; left > 0; ) {
      const rows = groups()[group]
      if (rows === undefined) {
        finish()
        return false
      }
      const until = rows.kind === 0 ? place : Math.min(rows.length, place + left)
      left -= until - place
      for (; place < until; place += 1) {
        const bucket = bucketOf(enterInto(next, rowAt(group, place)))
        seen[bucket] = (seen[bucket] as number) + 1
      }
      if (rows.kind !== 0 && place < rows.length) continue
      group += 1
      place = 0
    }
    return true
  }
  return {
    current: () => current,
    enter: (row) => {
      if (current !== null) enterInto(current, row)
      if (next !== null) enterInto(next, row)
    },
    begin: (values) => {
      if (next !== null) return
      next = createMarginIndex(values.slice(), bucketMax)
      group = 0
      place = 0
      seen = new Uint32Array(bucketCount + 2)
    },
    advance,
  }
}

/** The last bucket that keeps the entered lines within their share. */
function bucketFor(seen: Uint32Array): number {
  const all = seen.reduce((sum, count) => sum + count, 0)
  let entered = 0
  for (let bucket = 1; bucket <= bucketCount; bucket += 1) {
    entered += seen[bucket] as number
    if (entered > all * enteredShare) return Math.max(8, bucket - 1)
  }
  return bucketCount
}
