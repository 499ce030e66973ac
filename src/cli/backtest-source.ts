import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import { recordedRpc } from '../recording/recorded-rpc.ts'
import { openRecording } from '../recording/recording.ts'

/** What history is read from: a node, or a file. */
export type HistorySource = { readonly url: string } | { readonly recording: string }

/** @throws what opening a recording throws. */
export function openHistory(source: HistorySource): Rpc {
  if ('url' in source) return openRpc(source.url)
  const recording = openRecording(source.recording)
  return { ...recordedRpc(recording), close: recording.close }
}
