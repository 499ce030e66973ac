import type { Rpc } from '../../src/chain/rpc.ts'

/** Blocks, logs and transactions of one node, states of another. */
export function splitRpc(chain: Rpc, states: Rpc): Rpc {
  const isOfState = (method: string): boolean => ofState.has(method)
  return {
    ...chain,
    request: (method, params) => (isOfState(method) ? states : chain).request(method, params),
    batch: (asks) => (asks.every(({ method }) => isOfState(method)) ? states : chain).batch(asks),
  }
}

const ofState: ReadonlySet<string> = new Set(['eth_call', 'eth_getStorageAt', 'eth_getCode', 'eth_getBalance'])
