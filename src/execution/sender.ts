import { isKeeperError } from '#core/error.ts'
import type { World } from '#core/world.ts'
import type { Relay, RelayAnswer } from './relay.ts'

/** What became of each offer, for metrics: the relay's name, its answer, and how long that took. */
export type OnAnswer = (
  relay: string,
  plan: { readonly via: string; readonly hash: string },
  answer: RelayAnswer,
  seconds: number,
) => void

/**
 * Sends by the path a submission names: bundles and private transactions to every relay at once, public ones to the
 * node. `accepted` is false only when everyone refused in clear words: a timeout or an odd answer may still have been
 * heard, and then only the block tells.
 */
export function createSender(
  relays: readonly Relay[],
  request: (method: string, params: readonly unknown[]) => Promise<unknown>,
  onAnswer: OnAnswer,
): World['send'] {
  return async ({ via, transactions }) => {
    const sentMs = performance.now()
    const heard = (name: string, answer: RelayAnswer, hash: string): RelayAnswer => {
      onAnswer(name, { via, hash }, answer, (performance.now() - sentMs) / 1_000)
      return { ...answer, answer: `${name}: ${answer.answer}` }
    }
    const answers = await Promise.all(
      transactions.flatMap(({ raw, hash, block, before }) => {
        if (via === 'public') return [toNode(request, raw).then((answer) => heard('node', answer, hash))]
        return relays.map(async (relay) => {
          const answer =
            via === 'bundle' ? await relay.sendBundle([...before, raw], block) : await relay.sendPrivate(raw, block)
          return heard(relay.name, answer, hash)
        })
      }),
    )
    const maybe = answers.filter(({ accepted, ambiguous }) => accepted || ambiguous)
    const told = maybe.length > 0 ? maybe : answers
    return { accepted: maybe.length > 0, answer: told.map(({ answer }) => answer).join('; ') || 'nobody to send to' }
  }
}

async function toNode(
  request: (method: string, params: readonly unknown[]) => Promise<unknown>,
  raw: string,
): Promise<RelayAnswer> {
  try {
    return { accepted: true, ambiguous: false, answer: String(await request('eth_sendRawTransaction', [raw])) }
  } catch (error) {
    if (!isKeeperError(error)) throw error
    // "already known" is what a node says to bytes it has: they are out there.
    const isOut = /already known|already imported/i.test(error.message)
    return { accepted: isOut, ambiguous: error.retryable, answer: error.message }
  }
}
