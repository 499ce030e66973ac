import type { Ask } from '../chain/rpc.ts'
import type { Held, RecordingHead } from './recording.ts'

/**
 * What a recording says by itself: which chain it is, and that it ends at its last block. A fork asks for accounts in
 * two ways and keeps to the one that was answered first, so that no two runs ask the same: only the one that every node
 * knows is answered.
 */
export function ownAnswer({ method }: Ask, { chainId, to }: RecordingHead): Held | undefined {
  if (method === 'eth_chainId') return { result: `0x${chainId.toString(16)}` }
  if (method === 'net_version') return { result: String(chainId) }
  if (method === 'eth_blockNumber') return { result: `0x${to.toString(16)}` }
  if (method === 'eth_getAccountInfo')
    return {
      error: { code: -32_601, message: 'the method eth_getAccountInfo does not exist: ask balance, nonce, code' },
    }
  return undefined
}
