import { KeeperError } from '#core/error.ts'
import type { Ask, Rpc } from '../chain/rpc.ts'
import { quantity } from '../chain/view.ts'

/**
 * A node as it was when a block was its newest: `latest` is that block, and what names a later one is a fault of ours.
 * So a keeper in history cannot see what came, whatever it asks.
 * @throws `bad-argument` where a later block is asked for.
 */
export function pinnedRpc(rpc: Rpc, newest: () => number): Rpc {
  const pinned = ({ method, params }: Ask): Ask => ({
    method,
    params: params.map((param, at) => asOf(param, at, method)),
  })
  const asOf = (param: unknown, at: number, method: string): unknown => {
    if (param === 'latest' || param === 'pending') return quantity(newest())
    if (method === 'eth_getLogs') return withinRange(param as Range, newest())
    if (blockAt[method] === at && isNumber(param)) refuseLater(Number(param), newest())
    return param
  }
  return {
    ...rpc,
    request: async (method, params) => {
      const ask = pinned({ method, params })
      return rpc.request(ask.method, ask.params)
    },
    batch: async (asks) => rpc.batch(asks.map(pinned)),
  }
}

type Range = { readonly toBlock?: string; readonly blockHash?: string }

function withinRange(range: Range, newest: number): Range {
  if (range.blockHash !== undefined) return range
  if (range.toBlock === undefined || range.toBlock === 'latest') return { ...range, toBlock: quantity(newest) }
  refuseLater(Number(range.toBlock), newest)
  return range
}

/** Which of its parameters names a block. */
const blockAt: Readonly<Record<string, number>> = {
  ...{ eth_call: 1, eth_getCode: 1, eth_getBalance: 1, eth_getTransactionCount: 1 },
  ...{ eth_simulateV1: 1 },
  ...{ eth_getStorageAt: 2, eth_getBlockByNumber: 0 },
}

const isNumber = (param: unknown): boolean => typeof param === 'string' && /^0x[0-9a-f]+$/.test(param)

function refuseLater(asked: number, newest: number): void {
  if (asked <= newest) return
  throw new KeeperError(
    'bad-argument',
    `block ${asked} was asked for while ${newest} is the newest: a keeper in history sees nothing of what comes`,
  )
}
