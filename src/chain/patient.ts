import { setTimeout as sleep } from 'node:timers/promises'
import { isKeeperError, KeeperError } from '#core/error.ts'
import type { Ask, Rpc } from './rpc.ts'

const triesMax = 7
const firstWaitMs = 250
const longestWaitMs = 8_000

/**
 * The same node, asked again where it is busy for a while: for the many reads of a start, which must not all be done
 * anew for one refusal. About half a minute in all; then the fault is the caller's. Never for what is late when it waits.
 */
export function patient(rpc: Rpc, onWait: (error: KeeperError) => void): Rpc {
  const waitFor = async (error: KeeperError, tries: number): Promise<void> => {
    if (!error.retryable || tries >= triesMax) throw error
    onWait(error)
    await sleep(Math.min(longestWaitMs, firstWaitMs * 2 ** tries))
  }
  const again = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask()
      } catch (error) {
        if (!isKeeperError(error)) throw error
        await waitFor(error, tries)
      }
    }
  }
  return {
    ...rpc,
    request: (method, params) => again(() => rpc.request(method, params)),
    batch: async (asks) => {
      const answers = [...(await again(() => rpc.batch(asks)))]
      for (let tries = 0; ; tries += 1) {
        const busy = answers.flatMap((answer, at) => (answer instanceof KeeperError && answer.retryable ? [at] : []))
        const [first] = busy.map((at) => answers[at] as KeeperError)
        if (first === undefined || tries >= triesMax) return answers
        await waitFor(first, tries)
        const more = await again(() => rpc.batch(busy.flatMap((at): Ask[] => asks.slice(at, at + 1))))
        busy.forEach((at, index) => {
          answers[at] = more[index]
        })
      }
    },
  }
}
