import type { Rec } from '#core/plain.ts'
import type { Store } from '#core/world.ts'

/** Streams in memory, for a keeper that leaves nothing behind. `keeps`: streams that are kept; the others are let go. */
export function memoryStore(keeps: (stream: string) => boolean = () => true): Store {
  const streams = new Map<string, Rec[]>()
  return {
    append: async (stream, record) => {
      if (!keeps(stream)) return
      const records = streams.get(stream) ?? []
      streams.set(stream, records)
      records.push(record)
    },
    read: async function* (stream, from) {
      yield* (streams.get(stream) ?? []).slice(from)
    },
  }
}
