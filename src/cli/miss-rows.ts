import type { Entry } from '../journal/select.ts'
import type { MissRecord } from '../misses/miss-record.ts'
import { isUndone } from './undone-blocks.ts'

/** One liquidation that somebody else won. */
export type MissRow = MissRecord & { readonly atMs: number }

/** Of misses and of blocks that were undone: those that stand, each once, oldest first. */
export function missRows(entries: readonly Entry[]): readonly MissRow[] {
  const undone = entries.filter(({ stream }) => stream === 'undone')
  const rows = entries
    .filter((entry) => entry.stream === 'misses' && !isUndone(entry, undone))
    .map(({ atMs, record }) => ({ ...(record as unknown as MissRecord), atMs }))
  return [...new Map(rows.map((row) => [`${row.blockHash}/${row.transactionHash}/${row.logIndex}`, row])).values()]
}

/** Tips of whole transactions: one that took several positions paid once. */
export const tipsOf = (rows: readonly MissRow[]): bigint =>
  [...new Map(rows.map(({ transactionHash, winner }) => [transactionHash, winner.tip])).values()].reduce(
    (sum, tip) => sum + tip,
    0n,
  )

/** What our own plans would have left of them. */
export const forgoneOf = (rows: readonly MissRow[]): bigint =>
  rows.reduce((sum, { ours }) => sum + (ours !== null && ours.net > 0n ? ours.net : 0n), 0n)
