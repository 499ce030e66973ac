import type { Verdict } from '#core/plan.ts'
import { positionsOf } from './verdict-record.ts'

/** What was last said of whom: the same word about the same positions is no news. */
export interface Told {
  /** Positions below the line, by the words last said. */
  readonly positions: () => ReadonlySet<string>
  /** Whether exactly this was said last. */
  readonly has: (verdict: Verdict) => boolean
  /** Words about the next block itself take the place of all said before; words about other scenes come beside. */
  readonly begin: () => void
  /** @returns whether it is news. */
  readonly say: (verdict: Verdict) => boolean
}

export function createTold(): Told {
  let before = new Map<string, string>()
  let now = new Map<string, string>()
  const keyOf = (verdict: Verdict): string => positionsOf(verdict).join()
  return {
    positions: () => new Set([...now.keys()].flatMap((key) => key.split(','))),
    has: (verdict) => (now.get(keyOf(verdict)) ?? before.get(keyOf(verdict))) === wordsOf(verdict),
    begin: () => {
      before = now
      now = new Map()
    },
    say: (verdict) => {
      const key = keyOf(verdict)
      const words = wordsOf(verdict)
      const isNews = (now.get(key) ?? before.get(key)) !== words
      now.set(key, words)
      return isNews
    },
  }
}

const wordsOf = (verdict: Verdict): string =>
  verdict.do === 'skip' ? verdict.reason : `act ${verdict.plan.steps.map((step) => step.input).join()}`
