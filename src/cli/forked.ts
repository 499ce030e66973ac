import { KeeperError } from '#core/error.ts'
import { RefusedError, type Rpc } from '../chain/rpc.ts'
import { withoutSandbox } from './without-sandbox.ts'

/** The node as it is, or before it a fork of this machine's own that simulates. @throws `unsupported` without a sandbox. */
export async function forked(rpc: Rpc, chainId: number, isWanted: boolean): Promise<Rpc> {
  if (!isWanted) return rpc
  // Loaded here alone: an image for live runs does not carry the sandbox.
  const { ownFork } = await import('./demo/own-fork.ts').catch(withoutSandbox)
  return ownFork(rpc, chainId)
}

const methodNotFound = -32_601

/** What a node says that has no such method, whatever its number. */
const unknown = /method.*(not (found|supported|available|allowed)|does not exist|unknown)|unsupported method/i

/** @throws `unsupported` where a node does not simulate, saying what to do; whatever else it says of nothing is no matter. */
export async function checkSimulates(rpc: Rpc): Promise<void> {
  try {
    await rpc.request('eth_simulateV1', [{ blockStateCalls: [] }, 'latest'])
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    if (error.rpcCode !== methodNotFound && !unknown.test(error.message)) return
    throw new KeeperError(
      'unsupported',
      'the node does not serve eth_simulateV1, by which acts are proven: give --anvil, and a fork of this machine’s own does it; or --no-proofs, and what is foreseen is believed',
      { cause: error },
    )
  }
}
