import { type Ask, RefusedError, type Rpc } from '../../src/chain/rpc.ts'
import { quantity, type RawBlock } from '../../src/chain/view.ts'

/** A chain that is made as far as somebody wants it. */
export type Growing = {
  readonly head: () => number
  /** The last block that changed any state: those behind it hold none but other people's transactions, and no log. */
  readonly stillSince: () => number
  /** Resolves when the block is there. */
  readonly reach: (block: number) => Promise<void>
}
export type GrowingRpc = {
  /** Whoever asks for a block, or for its logs, waits for it; of more blocks than one, those that are there. */
  readonly rpc: Rpc
  /** The same without waiting, for what is asked of states; they are the newest block's, told at an earlier one's number and second. */
  readonly states: Rpc
}

/**
 * A node whose chain is made while it is asked, and that keeps no state but the newest. Somebody who rests on a block
 * before asking for the next finds its state: it is still the newest one, whatever quiet blocks have come since.
 */
export function growingRpc(node: Rpc, chain: Growing): GrowingRpc {
  const headers = new Map<number, RawBlock>()
  const numbers = new Map<string, number>()
  const header = async (number: number): Promise<RawBlock> => {
    await chain.reach(number)
    const known = headers.get(number)
    if (known !== undefined) return known
    for (const [old, { hash }] of headers) if (old < number - 1 && headers.delete(old)) numbers.delete(hash)
    const asks = Array.from({ length: chain.head() - number + 1 }, (_, at) => ({
      method: 'eth_getBlockByNumber',
      params: [quantity(number + at), false],
    }))
    for (const raw of (await node.batch(asks)) as readonly RawBlock[]) {
      headers.set(Number(raw.number), raw)
      numbers.set(raw.hash, Number(raw.number))
    }
    return headers.get(number) as RawBlock
  }
  const logs = async (ask: Ask): Promise<unknown> => {
    const { fromBlock, toBlock } = ask.params[0] as { readonly fromBlock?: string; readonly toBlock?: string }
    const [from, to] = [Number(fromBlock), Number(toBlock)]
    if (to > chain.head() && from < to)
      throw new RefusedError(ask.method, { message: `block ${to} is not there yet` }, false)
    await chain.reach(to)
    return from === to && to > chain.stillSince() ? [] : node.request(ask.method, ask.params)
  }
  const states: Rpc = {
    ...node,
    request: (method, params) => node.request(method, newest({ method, params }).params),
    batch: (asks) => node.batch(asks.map(newest)),
  }
  const numberIn = (param: unknown): number | undefined => {
    if (typeof param === 'string') return headers.has(Number(param)) ? Number(param) : undefined
    return numbers.get((param as { readonly blockHash?: string } | undefined)?.blockHash ?? '')
  }
  const newest = ({ method, params }: Ask): Ask => {
    const at = params.findIndex((param, place) => place > 0 && numberIn(param) !== undefined)
    const number = numberIn(params[at])
    if (number === undefined || number === chain.head() || number < chain.stillSince()) return { method, params }
    const then = { number: quantity(number), time: headers.get(number)?.timestamp }
    const beside = method === 'eth_call' && params.length === 2 ? [{}, then] : params.slice(at + 1)
    return { method, params: [...params.slice(0, at), 'latest', ...beside] }
  }
  const one = ({ method, params }: Ask): Promise<unknown> => {
    const [first] = params
    if (method === 'eth_getBlockByNumber' && params[1] === false && Number(first) >= chain.stillSince())
      return header(Number(first))
    return method === 'eth_getLogs' ? logs({ method, params }) : node.request(method, params)
  }
  const isOfChain = ({ method }: Ask): boolean => method === 'eth_getBlockByNumber' || method === 'eth_getLogs'
  return {
    states,
    rpc: {
      ...node,
      request: (method, params) => one({ method, params }),
      batch: async (asks) => {
        if (!asks.some(isOfChain)) return node.batch(asks)
        const answers: unknown[] = []
        for (const ask of asks) answers.push(await one(ask))
        return answers
      },
    },
  }
}
