import type { Address } from '#core/address.ts'
import type { View } from '#core/world.ts'
import type { Mirror } from './mirror.ts'
import { type Survey, survey, surveyNow } from './unserved.ts'

/** Sees beside the path what is on the chain and not served. */
export interface Lookout {
  /** All at once. */
  readonly look: () => void
  /** A step of the survey, where one is under way or due. */
  readonly go: (view: View, isCurrent: () => boolean) => Promise<void>
}

/** About a millisecond of positions with each head. */
const positionsEach = 512
/** Every so many surveys the chain is asked for what was missing: a day, by the settings as they come. */
const seekEvery = 144
/** Their pairs with each other and the hubs are what is asked for. */
const soughtMost = 16

/**
 * @param everyBlocks from the beginning of one survey to the next, at least.
 * @param told where nobody is, only those surveys are made behind which the chain is asked.
 */
export function createLookout(
  mirror: Mirror,
  wrapped: Address,
  everyBlocks: () => number,
  told: ((found: readonly Survey[]) => void) | null,
): Lookout {
  let running: ReturnType<typeof survey> | null = null
  let begun = Number.NEGATIVE_INFINITY
  let surveys = 0
  let sought = 0

  /** Others each time, where they are many. */
  const wanted = (found: readonly Survey[]): readonly Address[] => {
    const all = [...new Set(found.flatMap(({ tokens }) => tokens.map(({ token }) => token)))].sort()
    const from = all.length > soughtMost ? (sought * soughtMost) % all.length : 0
    sought += 1
    return [...all.slice(from), ...all.slice(0, from)].slice(0, soughtMost)
  }

  return {
    look: () => told?.(surveyNow(mirror, wrapped)),
    go: async (view, isCurrent) => {
      const { number } = view.block
      if (running === null) {
        if (begun === Number.NEGATIVE_INFINITY) begun = number
        if (number - begun < everyBlocks()) return
        begun = number
        if (told === null && (surveys + 1) % seekEvery !== 0) {
          surveys += 1
          return
        }
        running = survey(mirror, wrapped, positionsEach)
      }
      const { done, value } = running.next()
      if (done !== true) return
      running = null
      told?.(value)
      surveys += 1
      const tokens = surveys % seekEvery === 0 ? wanted(value) : []
      // What was found is told at once, not at the next turn.
      if (tokens.length > 0 && (await mirror.seek(view, tokens, isCurrent))) begun = number - everyBlocks()
    },
  }
}
