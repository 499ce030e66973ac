import type { Execution } from '../execution/execution.ts'
import type { Head } from '../scene/next-block.ts'
import type { Care } from './care.ts'
import type { Hold } from './decide.ts'
import type { KeeperParts } from './keeper-parts.ts'
import type { Mirror } from './mirror.ts'

type Now = {
  readonly mirror: Mirror
  readonly care: Care
  readonly head: Head | null
  readonly execution: Execution
  readonly halts: KeeperParts['halts']
}

/** Why a position is left alone for now, whatever it would pay. */
export const holdBy =
  (now: () => Now): Hold =>
  (key, position, market) => {
    const { mirror, care, head, execution, halts } = now()
    const halted = halts(market)
    if (halted !== null) return halted
    if (execution.isInFlight(position)) return { reason: 'in-flight', detail: 'an attempt is open' }
    const until = execution.coolsUntil(position)
    if (until !== null && (head?.block.number ?? 0) + 1 < until)
      return { reason: 'cool-off', detail: `reverted on the chain: tried again from block ${until}` }
    const kept = care.holds(position)
    if (kept !== null) return kept
    const faulty = mirror.faults.of(key, position, market)
    if (faulty !== null) return { reason: 'faulty', detail: faulty }
    if (!mirror.isStale(key, position)) return null
    return { reason: 'being-reread', detail: 'a log changed what it does not carry' }
  }
