import type { Hex } from '#core/address.ts'
import { address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { bps, wei } from '#core/numbers.ts'
import type { Rec } from '#core/plain.ts'
import type { Plan } from '#core/plan.ts'
import type { Submission } from '#core/world.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { Execution } from '../../src/execution/execution.ts'
import { createGasModel } from '../../src/execution/gas-model.ts'
import type { AttemptEvent, Intent } from '../../src/execution/intent.ts'
import type { ExecutionSettings } from '../../src/execution/job.ts'
import { createLane } from '../../src/execution/lane.ts'
import { createSigner } from '../../src/keys/create-signer.ts'
import { aPlan } from '../builders/plan.ts'

export const executor = address(`0x${'e1'.repeat(20)}`)

/** An execution with everything around it in the test's hand; `done` has what happened, in order. */
export function execution(settings: Partial<ExecutionSettings> = {}, lanes = 1) {
  const done: string[] = []
  const sent: Submission[] = []
  const told: AttemptEvent[] = []
  const landed: Intent[] = []
  const faults: unknown[] = []
  const records: Record<string, Rec[]> = {}
  const after: (() => void)[] = []
  const world = {
    now: 0n,
    /** What a node says reverts, by the gas limit of the call. */
    reverts: (_gas: number): boolean => false,
    against: null as string | null,
    /** Till when a reservation is on its way to a database; `null`: it is durable at once. */
    reserving: null as Promise<void> | null,
    failing: new Set<string>(),
    answers: { eth_blockNumber: '0x0' } as Record<string, unknown>,
  }
  const write = (stream: string, record: Rec): void => {
    if (world.failing.has(stream)) throw new Error(`no room for ${stream}`)
    done.push(stream)
    records[stream] = [...(records[stream] ?? []), record]
  }
  const own = Array.from({ length: lanes }, (_, at) => createLane(createSigner(new Uint8Array(32).fill(at + 1))))
  for (const lane of own) lane.balance = wei(10n ** 20n)
  const made = new Execution({
    settings: {
      ...{ via: 'bundle', isDryRun: false, chainId: 1, executor, blocks: 2, finalityBlocks: 64, simulates: 'auto' },
      ...{ tipShareBps: bps(0n), priorityFee: wei(1n), minimumNet: wei(0n), blockSeconds: 12, lateMs: 4_000 },
      ...settings,
    },
    lanes: own,
    gas: createGasModel(),
    store: {
      append: async (stream, record) => write(stream, record),
      read: async function* (stream) {
        yield* records[stream] ?? []
      },
    },
    reserve: (record) =>
      world.reserving === null
        ? write('reservation', record)
        : world.reserving.then(() => write('reservation', record)),
    after: (work) => void after.push(work),
    now: () => world.now,
    send: async (what) => {
      done.push('send')
      sent.push(what)
      return { accepted: true, answer: 'heard' }
    },
    request: async (method, params) => {
      done.push(method)
      if (method === 'eth_simulateV1') {
        const [{ blockStateCalls }] = params as [{ blockStateCalls: [{ calls: readonly { gas: string }[] }] }]
        const answer = ({ gas }: { gas: string }): object => ({
          status: world.reverts(Number(gas)) ? '0x0' : '0x1',
          ...{ gasUsed: '0x10', returnData: '0xdead' },
        })
        return [{ calls: blockStateCalls[0].calls.map(answer) }]
      }
      return world.answers[method] ?? null
    },
    encode: encodeOrder,
    isExecuted: () => true,
    ownerOf: () => null,
    against: () => world.against,
    on: {
      intent: () => undefined,
      attempt: (event) => told.push(event),
      landed: async (intent, _receipt, tell) => {
        landed.push(intent)
        await tell()
      },
      funded: () => undefined,
      freed: () => undefined,
      fault: (error) => faults.push(error),
    },
  })
  const head = (number: number, transactions: readonly Hex[] = []): void =>
    made.onHead({
      hash: `0x${number.toString(16).padStart(64, '0')}`,
      block: { number, timestamp: number * 12, baseFee: wei(1n), parentHash: '0x' },
      logs: transactions.map((transactionHash) => ({ transactionHash }) as Log),
    })
  return {
    ...{ made, world, lanes: own, done, sent, told, landed, faults, records, head },
    /** What waits until the bytes are out. */
    turn: async () => {
      for (const work of after.splice(0)) work()
      await made.settled()
    },
    seconds: (since: number) => {
      world.now = BigInt(since) * 1_000_000_000n
    },
  }
}

/** A plan for block 100 on positions of its own. */
export function planOn(position: string, more: Partial<Plan> = {}): Plan {
  const plan = aPlan({ id: `plan ${position}` })
  const steps = plan.steps.map((step) => ({
    ...step,
    opportunity: { ...step.opportunity, positions: [position as never] },
  }))
  return { ...plan, steps, program: [], ...more }
}
