import { isKeeperError, KeeperError } from '#core/error.ts'
import { type Anvil, startAnvil } from '../../../sandbox/anvil.ts'
import { inTurn } from '../../chain/in-turn.ts'
import type { Rpc } from '../../chain/rpc.ts'
import { type Served, serveRpc } from '../../recording/serve-rpc.ts'

/** Room for any block: what is simulated says its own. */
const gasLimit = 60_000_000n

/**
 * A node that simulates where the one it stands before does not: an anvil of this machine forks the block that is asked
 * about, by what that node, or a recording, answers. All else is the node's own. It begins with the first simulation.
 * @throws `not-recorded`: the fork asked what a recording does not hold.
 */
export function ownFork(rpc: Rpc, chainId: number): Rpc {
  let fork: Promise<Fork> | null = null
  let unheld: string | null = null
  const simulated = async ([asked, at]: readonly unknown[]): Promise<unknown> => {
    const block = Number(at)
    fork ??= begin(rpc, chainId, block, (what) => {
      unheld ??= what
    })
    unheld = null
    try {
      const { anvil, served } = await fork
      await anvil.rpc.request('anvil_reset', [{ forking: { jsonRpcUrl: served.url, blockNumber: block } }])
      return await anvil.rpc.request('eth_simulateV1', [asked, 'latest'])
    } catch (error) {
      if (unheld === null || !isKeeperError(error)) throw error
      throw new KeeperError('not-recorded', `a fork of block ${block} asks for what is not recorded: ${unheld}`)
    }
  }
  // The fork stands on one block at a time.
  const queue = inTurn({ ...rpc, request: (_method, params) => simulated(params) })
  return {
    ...rpc,
    request: (method, params) =>
      method === 'eth_simulateV1' ? queue.request(method, params) : rpc.request(method, params),
    close: () => {
      fork?.then(end, () => undefined)
      rpc.close()
    },
  }
}

type Fork = { readonly anvil: Anvil; readonly served: Served }

async function begin(rpc: Rpc, chainId: number, block: number, onUnheld: (what: string) => void): Promise<Fork> {
  const served = await serveRpc(rpc, 0, onUnheld)
  try {
    const fork = { url: served.url, block }
    return { served, anvil: await startAnvil({ chainId, timestamp: 0, gasLimit, baseFee: 0n, fork }) }
  } catch (error) {
    await served.stop()
    throw error
  }
}

async function end({ anvil, served }: Fork): Promise<void> {
  await anvil.stop()
  await served.stop()
}
