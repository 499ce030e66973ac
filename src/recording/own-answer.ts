import type { Ask } from '../chain/rpc.ts'
import type { RecordingHead } from './recording.ts'

/** What a recording's head says by itself: which chain it is, and that it ends at its last block. */
export function ownAnswer({ method }: Ask, { chainId, to }: RecordingHead): string | undefined {
  if (method === 'eth_chainId') return `0x${chainId.toString(16)}`
  if (method === 'net_version') return String(chainId)
  if (method === 'eth_blockNumber') return `0x${to.toString(16)}`
  return undefined
}
