import { Interface, keccak256 } from 'ethers'
import { timelockController } from '#abis/timelock.ts'
import { type Address, address, type Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Payload, PayloadSource, QueuedPayload } from '#core/payload.ts'
import type { Rpc } from '../chain/rpc.ts'
import { viewBehind } from '../chain/view-behind.ts'
import type { Mirror } from './mirror.ts'
import type { ParametersParts } from './parameters.ts'

const timelock = new Interface(timelockController)
const scheduled = timelock.getEvent('CallScheduled')?.topicHash as Hex
const executions = ['execute', 'executeBatch'].map((name) => timelock.getFunction(name)?.selector)
/** What was scheduled longer ago and still waits was forgotten by its own makers. */
const lookBackSeconds = 30 * 86_400
/** Blocks looked through again each time: a reorg may have moved a schedule. */
const again = 64
/** What `getTimestamp` answers of an operation that was executed. */
const done = 1n

/**
 * What an OpenZeppelin TimelockController holds back. Logs name operations once; whether one still waits, and until
 * when, the contract itself is asked each time, so that an execution, a cancellation or a reorg needs no log of its own.
 */
function createTimelock(at: Address, lookBackBlocks: number): PayloadSource {
  const known = new Map<Hex, Map<number, Payload>>()
  let from: number | null = null
  return {
    queued: async (view) => {
      from ??= Math.max(0, view.block.number - lookBackBlocks)
      for await (const page of view.logs({ addresses: [at], topics: [scheduled] }, from))
        for (const log of page) note(known, at, log)
      from = Math.max(from, view.block.number - again)
      const ids = [...known.keys()]
      const asks = ids.map((id) => ({ to: at, data: timelock.encodeFunctionData('getTimestamp', [id]) as Hex }))
      const answers = ids.length === 0 ? [] : await view.call(asks)
      return ids.flatMap((id, index): QueuedPayload[] => {
        const answer = BigInt(answers[index] ?? '0x0')
        if (answer > done) return [queuedOf(at, id, known.get(id) ?? new Map(), Number(answer))]
        // Unknown to the chain: cancelled, or scheduled in a block that is gone; its log would be read again.
        known.delete(id)
        return []
      })
    },
  }
}

function note(known: Map<Hex, Map<number, Payload>>, from: Address, log: Log): void {
  const { args } = timelock.parseLog({ topics: [log.topic(0), log.topic(1), log.topic(2)], data: log.data() }) ?? {}
  if (args === undefined) return
  const calls = known.get(log.topic(1)) ?? new Map<number, Payload>()
  known.set(log.topic(1), calls)
  const to = address(String(args.target).toLowerCase())
  calls.set(Number(args.index), { from, to, value: args.value as bigint, data: args.data as Hex })
}

const queuedOf = (at: Address, id: Hex, calls: ReadonlyMap<number, Payload>, executableAt: number): QueuedPayload => ({
  id,
  calls: [...calls].sort(([a], [b]) => a - b).map(([, call]) => call),
  executableAt,
  // An operation's id is the hash of its arguments as they are encoded. Source: TimelockController.hashOperation.
  isExecution: ({ to, data }) =>
    to === at && executions.includes(data.slice(0, 10)) && keccak256(`0x${data.slice(10)}`) === id,
})

/** The payloads that timelocks hold, run on the node. */
export const payloadsOf = (
  mirror: Mirror,
  rpc: Rpc,
  timelocks: readonly Address[],
  blockSeconds: number,
): ParametersParts => ({
  mirror,
  sources: timelocks.map((at) => createTimelock(at, Math.ceil(lookBackSeconds / blockSeconds))),
  run: (view, hash, { calls }, second) => viewBehind(rpc, view, hash, calls, second),
})
