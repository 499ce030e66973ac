import type { LogFilter } from '#core/block.ts'
import * as events from './events.ts'
import { ilksOf, type MakerBook, systemOf } from './records.ts'

/** Barks by the dog, takes and redos by each clipper. */
export function liquidations(book: MakerBook): readonly LogFilter[] {
  const system = systemOf(book)
  if (system === null) return []
  const clips = [...new Set(ilksOf(book).map(({ data }) => data.clip))]
  return [
    { addresses: [system.data.dog], topics: [events.bark] },
    ...(clips.length === 0 ? [] : [{ addresses: clips, topics: [[events.take, events.redo]] }]),
  ]
}
