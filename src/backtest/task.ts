import { KeeperError } from '#core/error.ts'
import { fromText, toText } from '#core/plain.ts'
import type { Rpc } from '../chain/rpc.ts'
import { quantity } from '../chain/view.ts'
import type { Act } from './chunk-output.ts'
import type { Hands } from './hands.ts'
import type { Range } from './history-world.ts'

/** One part of a backtest, as one process tells it to another. `head`: of the whole, so that all mean the same chain. */
export type Task = { readonly head: Head } & (
  | { readonly kind: 'chunk'; readonly range: Range; readonly isMeasured: boolean }
  | { readonly kind: 'proof'; readonly act: Act; readonly first: number }
)
export type Head = { readonly number: number; readonly hash: string }

/** @throws `not-found` where the node has no such block. */
export async function headAt(rpc: Rpc, number: number): Promise<Head> {
  const block = (await rpc.request('eth_getBlockByNumber', [quantity(number), false])) as { hash: string } | null
  if (block === null)
    throw new KeeperError('not-found', `the node has no block ${number}: choose a range that lies behind its head`)
  return { number, hash: block.hash }
}

/** Does what a text of a task says. @throws `chain-mismatch` where this process's node is of another chain. */
export function performer(hands: Hands, rpc: Rpc): (body: string) => Promise<string> {
  let seen = ''
  return async (body) => {
    const task = fromText(body) as unknown as Task
    const { number, hash } = task.head
    if (seen !== hash && (await headAt(rpc, number)).hash !== hash)
      throw new KeeperError('chain-mismatch', `block ${number} is another here than where the backtest was begun`)
    seen = hash
    if (task.kind === 'chunk') return toText((await hands.runChunks([task.range], task.isMeasured))[0])
    return toText((await hands.prove([task.act], task.first))[0])
  }
}
