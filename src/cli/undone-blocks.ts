import type { Entry } from '../journal/select.ts'

/**
 * Whether what a record says stood on a block that was reorganised away afterwards: a receipt or a miss lay in it; a verdict or an
 * intent, which are for the block to come, were made upon it. `undone`: the records that tell of such blocks.
 */
export function isUndone({ seq, stream, record }: Entry, undone: readonly Entry[]): boolean {
  if (stream === 'misses')
    return undone.some(
      (one) => one.seq > seq && (one.record.hashes as readonly unknown[]).includes(record.blockHash ?? ''),
    )
  const block = Number((record.receipt as { block?: unknown } | undefined)?.block ?? record.block)
  const stoodOn = stream === 'receipt' ? block : stream === 'verdict' || stream === 'intent' ? block - 1 : Number.NaN
  return undone.some((one) => one.seq > seq && Number(one.record.from) <= stoodOn && stoodOn <= Number(one.record.to))
}
