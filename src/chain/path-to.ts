import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from './rpc.ts'
import { quantity, type RawBlock } from './view.ts'

/** Blocks that are healed one by one; after a longer sleep it is cheaper to read everything anew. */
const gapMax = 5_000

/**
 * Only where the node still has the block given last on its chain: another chain's head, from a node mixed up behind the
 * same address, would else have us read that chain.
 */
async function farAhead(rpc: Rpc, latest: RawBlock, tip: { readonly hash: Hex; readonly number: number }) {
  const ours = (await rpc.request('eth_getBlockByNumber', [quantity(tip.number), false])) as RawBlock | null
  if (ours?.hash === tip.hash) return latest
  const what = `the node answers block ${Number(latest.number)} of a chain without block ${tip.number} as it was`
  throw new KeeperError('bad-answer', `${what}: ask a node of one chain only`, { retryable: true })
}

/**
 * Blocks not yet given that lead to `latest`, oldest first; `latest` alone where they fork below all that was given.
 * @throws `bad-answer` (retryable) where the node's chain moves meanwhile, or is another's.
 */
export async function pathTo(
  rpc: Rpc,
  latest: RawBlock,
  given: readonly { readonly hash: Hex; readonly number: number }[],
): Promise<readonly RawBlock[]> {
  const known = new Set<string>(given.map((one) => one.hash))
  const tip = given.at(-1)
  if (tip === undefined || known.has(latest.hash)) return []
  const path: RawBlock[] = [latest]
  const first = (): RawBlock => path[0] ?? latest
  if (Number(latest.number) - tip.number > gapMax) return [await farAhead(rpc, latest, tip)]
  if (Number(first().number) > tip.number + 1)
    path.unshift(...(await byNumber(rpc, tip.number + 1, Number(latest.number) - 1)))
  for (let at = 1; at < path.length; at += 1) {
    if (path[at]?.parentHash !== path[at - 1]?.hash)
      throw new KeeperError('bad-answer', 'the chain moved while a gap was healed', { retryable: true })
  }
  while (!known.has(first().parentHash)) {
    if (Number(first().number) <= (given[0]?.number ?? 0)) return [latest]
    const { parentHash } = first()
    path.unshift(blockIn(await rpc.request('eth_getBlockByHash', [parentHash, false]), `block ${parentHash}`))
  }
  return path
}

async function byNumber(rpc: Rpc, from: number, to: number): Promise<readonly RawBlock[]> {
  const asks = Array.from({ length: to - from + 1 }, (_, at) => ({
    method: 'eth_getBlockByNumber',
    params: [quantity(from + at), false],
  }))
  const answers = await rpc.batch(asks)
  return answers.map((answer) => {
    if (answer instanceof KeeperError) throw answer
    return blockIn(answer, 'a block below the head')
  })
}

/** A node that has just come up, or one of several that lags, answers nothing: it is asked again. */
export function blockIn(answer: unknown, what: string): RawBlock {
  const { hash, parentHash, number } = (answer ?? {}) as Partial<RawBlock>
  if (typeof hash !== 'string' || typeof parentHash !== 'string' || typeof number !== 'string')
    throw new KeeperError('bad-answer', `${what} is missing: the node may be behind`, { retryable: true })
  return answer as RawBlock
}
