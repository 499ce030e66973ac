import { type Rpc, refused } from '../../src/chain/rpc.ts'

/** A node as many are: it answers all but `eth_simulateV1`. */
export const withoutSimulation = (rpc: Rpc): Rpc => ({
  ...rpc,
  request: async (method, params) => {
    if (method === 'eth_simulateV1') throw refused(method, { code: -32_601, message: 'Method not found' })
    return rpc.request(method, params)
  },
})
