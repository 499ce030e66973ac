import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import { recordedRpc } from '../recording/recorded-rpc.ts'
import { openRecording } from '../recording/recording.ts'
import { forked } from './forked.ts'

/** What history is read from: a node, or a file. */
export type HistorySource = ({ readonly url: string } | { readonly recording: string }) & {
  /** Acts are run on forks of the machine's own. */
  readonly isForked?: boolean
}

/** @throws what opening a recording throws. */
export const openHistory = (source: HistorySource, chainId: number): Promise<Rpc> =>
  forked(opened(source), chainId, source.isForked === true)

function opened(source: HistorySource): Rpc {
  if ('url' in source) return openRpc(source.url)
  const recording = openRecording(source.recording)
  return { ...recordedRpc(recording), close: recording.close }
}
