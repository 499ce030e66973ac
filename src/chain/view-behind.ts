import type { Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import type { Payload } from '#core/payload.ts'
import type { View } from '#core/world.ts'
import { decodeLog, type RawLog } from './log.ts'
import type { Rpc } from './rpc.ts'
import { quantity } from './view.ts'

/** The chain as payloads would leave it: what they log, and a view whose calls run behind them. */
export type Behind = {
  readonly view: View
  readonly logs: readonly Log[]
  /** Whether each of them succeeded. */
  readonly isDone: boolean
}

type Simulated = readonly {
  readonly calls: readonly { readonly status: string; readonly returnData: Hex; readonly logs?: readonly RawLog[] }[]
}[]

/**
 * Payloads run on the state of a block by whom they will be run by, at a later second, and reads behind them in the same
 * simulated block (eth_simulateV1). Storage and logs of the past are read as they are without them.
 * @throws as `Rpc` does; `rpc-refused` where the node knows no eth_simulateV1.
 */
export async function viewBehind(
  rpc: Rpc,
  base: View,
  blockHash: Hex,
  payloads: readonly Payload[],
  timestamp: number,
): Promise<Behind> {
  const before = payloads.map(({ from, to, data, value }) => ({ from, to, input: data, value: quantity(value) }))
  const block = { ...base.block, number: base.block.number + 1, timestamp, parentHash: blockHash }
  const run = async (calls: readonly object[]): Promise<Simulated[number]['calls']> => {
    const asked = { blockOverrides: { time: quantity(timestamp) }, calls: [...before, ...calls] }
    const answer = (await rpc.request('eth_simulateV1', [{ blockStateCalls: [asked] }, blockHash])) as Simulated
    const ran = answer[0]?.calls
    if (ran?.length !== asked.calls.length)
      throw new KeeperError('bad-answer', 'a simulation answered fewer calls than it was given', { retryable: true })
    return ran
  }
  const first = await run([])
  const logs = first.flatMap((call) => (call.logs ?? []).map((log) => decodeLog(log, block)))
  const view: View = {
    ...base,
    block,
    call: async (calls) => {
      const ran = await run(calls.map(({ to, data }) => ({ to, input: data })))
      return ran.slice(before.length).map(({ status, returnData }) => (status === '0x1' ? returnData : null))
    },
  }
  return { view, logs, isDone: first.every(({ status }) => status === '0x1') }
}
