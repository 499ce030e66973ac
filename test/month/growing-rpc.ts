import type { Ask, Rpc } from '../../src/chain/rpc.ts'
import { RefusedError } from '../../src/chain/rpc.ts'

/** A chain that is made as far as somebody wants it. */
export type Growing = {
  readonly head: () => number
  /** Resolves when the block is there. */
  readonly reach: (block: number) => Promise<void>
}

/**
 * A node whose chain is made while it is asked: whoever asks for a block, or for logs up to one, waits for it, and no
 * more than `ahead` blocks from the head at once. `kept`: answers what is of state, which the chain soon forgets.
 */
export function growingRpc(node: Rpc, kept: Rpc, chain: Growing, ahead: number): Rpc {
  const reached = async (ask: Ask): Promise<boolean> => {
    const last = lastBlockOf(ask)
    if (last === null) return false
    if (last - chain.head() > ahead)
      throw new RefusedError(ask.method, { message: `block ${last} is too far ahead` }, false)
    await chain.reach(last)
    return true
  }
  const one = async (ask: Ask): Promise<unknown> =>
    ((await reached(ask)) ? node : kept).request(ask.method, ask.params)
  return {
    ...node,
    request: (method, params) => one({ method, params }),
    batch: async (asks) => {
      if (asks.every((ask) => lastBlockOf(ask) === null)) return kept.batch(asks)
      for (const ask of asks) await reached(ask)
      return node.batch(asks)
    },
  }
}

/** Of blocks and logs asked for by number; `null` for whatever else is asked. */
function lastBlockOf({ method, params: [first] }: Ask): number | null {
  const named =
    method === 'eth_getBlockByNumber'
      ? first
      : method === 'eth_getLogs'
        ? (first as { readonly toBlock?: string }).toBlock
        : undefined
  return typeof named === 'string' && named.startsWith('0x') ? Number(named) : null
}
