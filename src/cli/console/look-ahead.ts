import type { Block } from '#core/block.ts'
import type { Config } from '../../config/config.ts'
import type { Console } from '../../console/console.ts'
import type { Slices } from '../../console/slices.ts'
import type { Mirror } from '../../engine/mirror.ts'
import { nearCalendar } from '../../engine/near-calendar.ts'
import type { NearLine } from '../../engine/near-line.ts'
import { decideSettings } from '../decide-settings.ts'

const everyMs = 10_000
const hours = 24
const nearMost = 300
const limit = 40

/** The calendar on the board, now and then: what it holds is hours away, and each entry of it costs a decision. */
export function createLookAhead(
  config: Config,
  slices: Slices,
  { board, flush }: Pick<Console, 'board' | 'flush'>,
): (mirror: Mirror, next: Block, near: readonly NearLine[], isCurrent: () => boolean) => Promise<void> {
  const { blockSeconds } = config.chain
  const options = { blockSeconds, horizonSeconds: hours * 3_600, limit, settings: decideSettings(config) }
  let doneAtMs = Number.NEGATIVE_INFINITY
  return async (mirror, next, near, isCurrent) => {
    if (performance.now() - doneAtMs < everyMs) return
    const entries = await slices.run(nearCalendar(mirror, next, near.slice(0, nearMost), options), isCurrent)
    if (entries === null) return
    doneAtMs = performance.now()
    board.put('calendar', { from: next.timestamp, hours, entries })
    flush()
  }
}
