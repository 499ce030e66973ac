import { KeeperError } from '#core/error.ts'
import { type Ask, answerOf, type Rpc, resultOf } from '../chain/rpc.ts'
import { nameOf, plainAsk } from './ask-key.ts'
import { ownAnswer } from './own-answer.ts'
import type { Held, Recording } from './recording.ts'

/**
 * A node that knows what was recorded and nothing else; its newest block is the recording's last. What it does not hold
 * is `not-recorded`, never guessed.
 */
export function recordedRpc(recording: Recording): Rpc {
  let count = 0
  const find = (ask: Ask): Held | undefined => ownAnswer(ask, recording.head) ?? recording.find(ask)
  return {
    url: `recording:${recording.path}`,
    requests: () => count,
    close: () => undefined,
    request: async (method, params) => {
      count += 1
      const held = find({ method, params })
      if (held === undefined) throw notRecorded({ method, params }, recording)
      return resultOf(method, held)
    },
    batch: async (asks) => {
      count += asks.length
      return asks.map((ask) => {
        const held = find(ask)
        return held === undefined ? notRecorded(ask, recording) : answerOf(ask.method, held)
      })
    },
  }
}

function notRecorded(ask: Ask, { path, head }: Recording): KeeperError {
  const what = nameOf(plainAsk(ask, head.to))
  const range = `blocks ${head.from} to ${head.to}`
  return new KeeperError(
    'not-recorded',
    `${what} is not recorded in ${path} (${range}): record it with the same range and configuration, or ask a node with --rpc`,
  )
}
