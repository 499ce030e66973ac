import type { Block } from '#core/block.ts'
import type { Config } from '../../config/config.ts'
import type { Console } from '../../console/console.ts'
import type { Slices } from '../../console/slices.ts'
import type { Mirror } from '../../engine/mirror.ts'
import { nearCalendar } from '../../engine/near-calendar.ts'
import type { NearLine } from '../../engine/near-line.ts'
import type { Coming } from '../../engine/upcoming.ts'
import { decideSettings } from '../decide-settings.ts'
import type { Thinker } from './thinker.ts'

const everyMs = 10_000
const hours = 24
const nearMost = 300
const limit = 40
/** Of the soonest, so many are worth working out. */
const valuedMost = 12

/** The calendar on the board, now and then: what it holds is minutes away, and each entry of it costs a decision. */
export function createLookAhead(
  config: Config,
  slices: Slices,
  thinker: Thinker,
  { board, flush }: Pick<Console, 'board' | 'flush'>,
): (mirror: Mirror, next: Block, near: readonly NearLine[], isCurrent: () => boolean) => Promise<void> {
  const { blockSeconds } = config.chain
  const options = { blockSeconds, horizonSeconds: hours * 3_600, limit }
  const settings = decideSettings(config)
  let doneAtMs = Number.NEGATIVE_INFINITY
  return async (mirror, next, near, isCurrent) => {
    if (performance.now() - doneAtMs < everyMs) return
    const due = await slices.run(nearCalendar(mirror, next, near.slice(0, nearMost), options), isCurrent)
    if (due === null) return
    const first = due.slice(0, valuedMost)
    const these = near.filter(({ position }) => first.some(({ only }) => only === position.id))
    const ground = { block: next, settings, tokens: new Map() }
    const question = { kind: 'worth', ground, blockSeconds, due: first } as const
    const valued =
      these.length === 0
        ? first.map(({ coming }) => coming)
        : await thinker.ask<readonly Coming[]>(mirror, these, question, isCurrent)
    if (valued === null) return
    doneAtMs = performance.now()
    const entries = [...valued, ...due.slice(valuedMost).map(({ coming }) => coming)]
    board.put('calendar', { from: next.timestamp, hours, entries })
    flush()
  }
}
