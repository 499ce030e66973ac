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
  /**
   * Nothing is written where it is covered. @returns `null` where it is durable now, else what resolves once it is.
   * @throws `store-failed`, `lease-lost`, now or then: nothing may leave.
   */
  readonly reserve: (lane: Lane, positions: readonly string[], block: number) => Promise<void> | null
  /** Nothing more leaves: a start after this has nothing to look for. @throws `store-failed`. */
  readonly release: () => Promise<void>
}

/** Positions of one record, at most: those of former heads are let go, whose intents are written by now. */
const positionsMax = 256

/** As a journal takes a record: durable when it returns, or once what it returns has resolved. */
export type Reserve = (record: Reservation & Rec) => Promise<void> | void

type Held = { readonly nonce: number; readonly positions: Set<string>; readonly block: number }

export function createReservations(write: Reserve): Reservations {
  const held = new Map<string, Held>()
  /** Asked for last of all, durable or not yet. */
  const asked = new Map<string, Held>()
  const has = (known: Held | undefined, nonce: number, positions: readonly string[]): boolean =>
    known?.nonce === nonce && positions.every((position) => known.positions.has(position))
  // The newest of a lane holds: one on its way that says less would soon be all that is known.
  const covers: Reservations['covers'] = ({ name, nonce }, positions) =>
    has(held.get(name), nonce, positions) && has(asked.get(name), nonce, positions)
  return {
    covers,
    reserve: (lane, positions, block) => {
      if (covers(lane, positions)) return null
      const { name, nonce } = lane
      const known = asked.get(name)
      const all = new Set([...(known?.nonce === nonce ? known.positions : []), ...positions])
      const kept = all.size > positionsMax ? new Set(positions) : all
      const one = { nonce, positions: kept, block }
      const written = write({ lane: name, nonce, positions: [...kept], block })
      asked.set(name, one)
      if (written !== undefined) return written.then(() => void held.set(name, one))
      held.set(name, one)
      return null
    },
    release: async () => {
      for (const [lane, { nonce, block }] of asked) await write({ lane, nonce, positions: [], block })
      asked.clear()
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
