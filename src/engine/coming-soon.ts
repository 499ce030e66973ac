import type { Block } from '#core/block.ts'
import { crossers } from './crossers.ts'
import type { Mirror } from './mirror.ts'

const hourSeconds = 3_600
const daySeconds = 86_400

/** How much time alone will bring: positions within the hour and within the day, and seconds until the first. */
export type ComingSoon = { readonly hour: number; readonly day: number; readonly nextSeconds: number }

/** One sweep of the screen, at today's rates and prices; `plimsoll calendar` has each of them, and what it is worth. */
export function comingSoon(mirror: Mirror, next: Block): ComingSoon {
  // Whom others brought below it is not brought by time: in a crash they are many, each to be worked out exactly.
  const seconds = crossers(mirror, next, next.timestamp + daySeconds, 'above').map(({ at }) => at - next.timestamp)
  return {
    hour: seconds.filter((one) => one <= hourSeconds).length,
    day: seconds.length,
    nextSeconds: Math.min(daySeconds, ...seconds),
  }
}
