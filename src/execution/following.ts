import { type Attempts, createAttempts } from './attempts.ts'
import type { Blame } from './blame.ts'
import { Delivery } from './delivery.ts'
import type { ExecutionParts } from './execution-parts.ts'
import { Fates } from './fates.ts'
import type { Lane } from './lane.ts'
import { Recovery } from './recovery.ts'
import { createReservations, type Reservations } from './reservations.ts'

/**
 * All that is known of what was sent: let go as a whole where another keeper sends from now on. What was begun under it
 * then comes to nothing: it sends nothing, frees no lane and tells of no fate, all of which are the next one's.
 */
export type Following = {
  readonly attempts: Attempts
  readonly fates: Fates
  readonly recovery: Recovery
  readonly delivery: Delivery
  readonly reservations: Reservations
  /** Left already, and not yet written down: their lanes wait, so that no more than one a lane is ever in doubt. */
  readonly unwritten: Map<Lane, () => Promise<void>>
}

export function createFollowing(
  parts: ExecutionParts,
  blame: Blame,
  track: (work: Promise<unknown>) => void,
  isOver: () => boolean,
): Following {
  const attempts = createAttempts()
  const fates = new Fates({ parts, attempts, blame, track, isOver })
  return {
    attempts,
    fates,
    recovery: new Recovery(parts, attempts, fates),
    delivery: new Delivery(parts, fates, blame),
    reservations: createReservations(parts.reserve),
    unwritten: new Map(),
  }
}
