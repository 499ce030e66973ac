/** Work beside the path, done so little at a time that a head never waits long for it. */
export interface Slices {
  /** Runs it to its end; `null` where it was not wanted any more on the way. Rejects as the work throws. */
  readonly run: <T>(work: Generator<void, T>, isWanted?: () => boolean) => Promise<T | null>
  /** Nothing is done for so long: a head has come, and what it calls for is first. */
  readonly rest: (ms: number) => void
  /** The longest time in milliseconds that the thread was held at once since last asked. */
  readonly takeLongestMs: () => number
}

export type SlicesSettings = { readonly budgetMs: number; readonly now: () => number }

export function createSlices({ budgetMs, now }: SlicesSettings): Slices {
  let restUntil = 0
  let longest = 0
  const turn = (): Promise<void> => new Promise((done) => setImmediate(done))
  const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms).unref())
  return {
    run: async (work, isWanted = () => true) => {
      for (;;) {
        while (now() < restUntil) await pause(restUntil - now())
        if (!isWanted()) return null
        const from = now()
        for (;;) {
          const step = work.next()
          const took = now() - from
          longest = Math.max(longest, took)
          if (step.done === true) return step.value
          if (took >= budgetMs) break
        }
        await turn()
      }
    },
    rest: (ms) => {
      restUntil = Math.max(restUntil, now() + ms)
    },
    takeLongestMs: () => {
      const told = longest
      longest = 0
      return told
    },
  }
}
