import { randomOf } from '../random.ts'
import type { PricePath } from './price-path.ts'

export type Slot = {
  /** Seconds from the start. */
  readonly second: number
  /** More than a block's time after the one before: what happened meanwhile was not mined. */
  readonly leaps: boolean
}

const QUIET = 5
const BUSY = 10

/**
 * When blocks are mined: runs of consecutive ones, short and far apart in quiet times, longer and dense from a day before
 * the trough to half a day after it. With as many blocks as the days have, all are consecutive.
 */
export function scheduleOf(
  seed: number,
  days: number,
  blocks: number,
  blockSeconds: number,
  path: PricePath,
): readonly Slot[] {
  const end = days * 86_400
  const day = Math.min(86_400, (path.trough - path.peak) / 2)
  const [from, to] = [path.trough - day, path.trough + day / 2]
  const random = randomOf(seed ^ 0x51075)
  const runs: { readonly start: number; readonly length: number }[] = []
  const spread = (start: number, length: number, count: number, each: number): void => {
    for (let run = 0; run < count; run += 1)
      runs.push({ start: start + ((run + random.fraction() * 0.6) * length) / count, length: each })
  }
  const busy = Math.max(1, Math.round((blocks * 0.55) / BUSY))
  const quiet = Math.max(2, Math.ceil((blocks - busy * BUSY) / QUIET))
  const before = Math.max(1, Math.round((quiet * from) / (from + end - to)))
  spread(0, from, before, QUIET)
  spread(from, to - from, busy, BUSY)
  spread(to, end - to, Math.max(1, quiet - before), QUIET)
  const slots: Slot[] = []
  for (const { start, length } of runs) {
    for (let block = 0; block < length && slots.length < blocks; block += 1) {
      const soonest = (slots.at(-1)?.second ?? 0) + blockSeconds
      const second = block === 0 ? Math.max(soonest, Math.round(start)) : soonest
      slots.push({ second, leaps: second > soonest })
    }
  }
  return slots
}

/** Every block there is; every sixth hour counts as one after a pause, for those who act when it pleases them. */
export const everySlot = (blocks: number, blockSeconds = 12): readonly Slot[] =>
  Array.from({ length: blocks }, (_, at) => ({ second: (at + 1) * blockSeconds, leaps: at % PAUSE === 0 }))

const PAUSE = 1_800
