import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../chain/rpc.ts'
import { quantity } from '../chain/view.ts'
import type { HeldBlock } from './header-hash.ts'
import type { RecordingSize, Tape } from './recording.ts'
import { tapedRpc } from './taped-rpc.ts'

/** How far it is: so many of so many, of what. */
export type OnProgress = (what: string, done: number, total: number, size: RecordingSize) => void
/** A walk over history that asks the node it is given: what it asks is what a replay will be able to answer. */
export type Pass = (rpc: Rpc, progress: (what: string, done: number, total: number) => void) => Promise<void>

/** Headers asked for at once. */
const headerPage = 200

/**
 * Gathers a range: its headers, each standing on the one before; what a fork of it asks first; then whatever the pass
 * asks. Broken off, it goes on from there: what is on the tape is not asked again.
 * @throws `not-found`: the node has not so many blocks. `bad-answer` (retryable): it reorganised meanwhile.
 */
export async function recordRange(rpc: Rpc, tape: Tape, pass: Pass, onProgress: OnProgress): Promise<void> {
  const { from, to } = tape.head
  const taped = tapedRpc(rpc, tape)
  const tell = (what: string, done: number, total: number): void => onProgress(what, done, total, tape.size())
  let parent: HeldBlock | null = null
  for (let at = from; at <= to; at += headerPage) {
    const numbers = Array.from({ length: Math.min(headerPage, to - at + 1) }, (_, index) => at + index)
    const asks = numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [quantity(number), false] }))
    for (const [index, answer] of (await taped.batch(asks)).entries()) {
      const number = at + index
      if (answer instanceof KeeperError) throw answer
      if (answer === null) throw new KeeperError('not-found', `the node has no block ${number}: give a lower --to`)
      const block = answer as HeldBlock
      if (parent !== null && parent.hash !== block.parentHash) throw reorganised(number)
      parent = block
    }
    tape.flush()
    tell('headers', Math.min(at + headerPage, to + 1) - from, to - from + 1)
  }
  // Of no block: a fork asks it when it starts, and what it is told matters to nobody.
  await taped.request('eth_gasPrice', [])
  await pass(taped, tell)
  tape.finish()
}

const reorganised = (number: number): KeeperError =>
  new KeeperError(
    'bad-answer',
    `block ${number} does not stand on the one recorded before it: the chain reorganised; record finalized blocks, into another file`,
    { retryable: false },
  )
