import { KeeperError } from '#core/error.ts'
import { type Ask, answerOf, RefusedError, type Rpc, resultOf } from '../chain/rpc.ts'
import { plainAsk } from './ask-key.ts'
import { ownAnswer } from './own-answer.ts'
import type { Held, Tape } from './recording.ts'

/**
 * Asks the node, and writes each answer down. What is on the tape already is answered from it, so that a recording that
 * was broken off goes on without asking twice. The newest block is the recording's last, here as in the replay: whoever
 * asks for `latest` is told of that one.
 */
export function tapedRpc(rpc: Rpc, tape: Tape): Rpc {
  const { head } = tape
  const known = (ask: Ask): Held | undefined => ownAnswer(ask, head) ?? tape.find(ask)
  return {
    url: rpc.url,
    requests: rpc.requests,
    close: rpc.close,
    request: async (method, params) => {
      const ask = plainAsk({ method, params }, head.to)
      const held = known(ask)
      if (held !== undefined) return resultOf(method, held)
      try {
        const result = await rpc.request(method, ask.params)
        keep(tape, ask, result)
        return result
      } catch (error) {
        keep(tape, ask, error)
        throw error
      }
    },
    batch: async (asks) => {
      const plain = asks.map((ask) => plainAsk(ask, head.to))
      const held = plain.map(known)
      const open = plain.filter((_, at) => held[at] === undefined)
      const answers = open.length === 0 ? [] : await rpc.batch(open)
      for (const [at, ask] of open.entries()) keep(tape, ask, answers[at])
      let next = 0
      return plain.map((ask, at) => (held[at] === undefined ? answers[next++] : answerOf(ask.method, held[at])))
    },
  }
}

/** These change something, or tell of what is not of any block. */
const unkept = /^(eth_send|eth_subscribe|eth_unsubscribe|eth_newFilter|eth_getFilter|anvil_|evm_|txpool_|eth_syncing)/

/** A refusal that may pass is no answer; nor is `null`, which says that something is not there yet. */
function keep(tape: Tape, ask: Ask, answer: unknown): void {
  if (answer === null || answer === undefined || unkept.test(ask.method) || ask.params.includes('pending')) return
  if (!(answer instanceof Error)) tape.put(ask, { result: answer })
  else if (answer instanceof RefusedError && !answer.retryable) tape.put(ask, { error: wordsOf(answer, ask.method) })
  else if (!(answer instanceof KeeperError)) throw answer
}

function wordsOf({ message, rpcCode, data }: RefusedError, method: string): NonNullable<Held['error']> {
  return {
    message: message.replace(`${method}: `, ''),
    ...(rpcCode === undefined ? {} : { code: rpcCode }),
    ...(data === undefined ? {} : { data }),
  }
}
