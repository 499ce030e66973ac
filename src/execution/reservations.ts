import type { Rec } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import type { Lane } from './lane.ts'

/**
 * What may leave before it is written down: transactions of this lane and nonce, on these positions. An empty list gives
 * the nonce back. The newest of a lane holds.
 */
export type Reservation = {
  readonly lane: string
  readonly nonce: number
  readonly positions: readonly string[]
  /** The head when it was made. */
  readonly block: number
}

export interface Reservations {
  readonly covers: (lane: Lane, positions: readonly string[]) => boolean
  /** Durable when it returns; nothing is written where it is covered. @throws `store-failed`: then nothing may leave. */
  readonly reserve: (lane: Lane, positions: readonly string[], block: number) => void
  /** Nothing more leaves: a start after this has nothing to look for. @throws `store-failed`. */
  readonly release: () => void
}

/** Positions of one record, at most: those of former heads are let go, whose intents are written by now. */
const positionsMax = 256

/** `write` returns when the record would survive a power cut. */
export function createReservations(write: (record: Reservation & Rec) => void): Reservations {
  const held = new Map<string, { readonly nonce: number; readonly positions: Set<string>; readonly block: number }>()
  const covers: Reservations['covers'] = ({ name, nonce }, positions) => {
    const known = held.get(name)
    return known?.nonce === nonce && positions.every((position) => known.positions.has(position))
  }
  return {
    covers,
    reserve: (lane, positions, block) => {
      if (covers(lane, positions)) return
      const { name, nonce } = lane
      const known = held.get(name)
      const all = new Set([...(known?.nonce === nonce ? known.positions : []), ...positions])
      const kept = all.size > positionsMax ? new Set(positions) : all
      write({ lane: name, nonce, positions: [...kept], block })
      held.set(name, { nonce, positions: kept, block })
    },
    release: () => {
      for (const [lane, { nonce, block }] of held) write({ lane, nonce, positions: [], block })
      held.clear()
    },
  }
}

/** What a former run may have sent without a word: the newest reservation of each lane, unless it was given back. */
export async function standingReservations(store: Store): Promise<readonly Reservation[]> {
  const last = new Map<string, Reservation>()
  for await (const record of store.read('reservation', 0)) last.set(String(record.lane), record as never as Reservation)
  return [...last.values()].filter(({ positions }) => positions.length > 0)
}
