import { type Address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Wei } from '#core/numbers.ts'
import type { Rec } from '#core/plain.ts'
import type { Plan, SkipReason } from '#core/plan.ts'
import type { Receipt } from '#core/receipt.ts'
import type { View } from '#core/world.ts'
import { createBooks, type StoredBooks } from '../book/books.ts'
import type { LiveWorld } from '../chain/live-world.ts'
import type { RawLog } from '../chain/log.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Executed, RawReceipt } from '../execution/actuals.ts'
import { simulationReverts } from '../execution/delivery.ts'
import { encodeOrder } from '../execution/encode-order.ts'
import { executedEvent } from '../execution/executed.ts'
import { Execution } from '../execution/execution.ts'
import type { ExecutionParts } from '../execution/execution-parts.ts'
import { createGasModel, type GasModel } from '../execution/gas-model.ts'
import type { Intent } from '../execution/intent.ts'
import type { ExecutionSettings } from '../execution/job.ts'
import { highestAffordableBaseFee, type Lane } from '../execution/lane.ts'
import { measureGas, type Prober } from '../execution/measure-gas.ts'
import { transactionGasLimit } from '../execution/sign.ts'
import { type BookFile, type BookFileParts, createBookFile, noBookFile } from './book-file.ts'
import type { CareSettings } from './care.ts'
import type { DataFeeSource } from './data-fees.ts'
import type { DecideSettings } from './decide.ts'
import type { KeeperEvents } from './events.ts'
import { createInterest } from './interest.ts'
import { Keeper } from './keeper.ts'
import type { KeeperParts } from './keeper-parts.ts'
import { createLeading, type Lead, type Leading } from './leading.ts'
import { createMeasuring, type Measuring, noMeasuring } from './measuring.ts'
import { Mirror } from './mirror.ts'
import type { Modules } from './modules.ts'
import { createParameters } from './parameters.ts'
import { payloadsOf } from './parameters-timelock.ts'
import { pendingUpdates } from './pending.ts'
import { type Governed, govern } from './policy.ts'
import { settle } from './receipt.ts'
import { createRegistry, noRegistry, type Registry } from './registry.ts'
import { createRivals, type Rivals } from './rivals.ts'
import { createTried, type TriedLately } from './tried.ts'

export type ComposeSettings = {
  readonly execution: Omit<ExecutionSettings, 'executor'> & { readonly executor: Address | null }
  readonly care: CareSettings
  readonly blockSeconds: number
  /** Reads what the chain takes beside gas. */
  readonly dataFees: DataFeeSource
  readonly wrapped: Address
  /** Tokens that paths may lead through, beside what strategies name. */
  readonly hubs: readonly Address[]
  /** TimelockControllers whose queued calls are run ahead. */
  readonly timelocks: readonly Address[]
  /** Blocks that can be undone. */
  readonly depth: number
  /** How far ahead a book without change is judged at once; 0: every block is judged by itself. */
  readonly stillSeconds?: number
  /** Where the book outlives the process; `null`: it does not. */
  readonly snapshot: Pick<BookFileParts, 'path' | 'layouts' | 'sample' | 'everyBlocks'> | null
}

export type ComposeParts = {
  readonly settings: ComposeSettings
  readonly modules: Modules
  readonly rpc: Rpc
  readonly live: LiveWorld
  readonly lanes: readonly Lane[]
  readonly events: KeeperEvents
  /** Keys of all that the executor must have registered for the modules; `null`: it is not asked, nothing is held back. */
  readonly registryKeys: ((view: View) => Promise<readonly Hex[]>) | null
  readonly guard: (plan: Plan) => { readonly reason: SkipReason; readonly detail: string } | null
  /** Why nothing is to be done in a market. */
  readonly halts: (market: string) => { readonly reason: SkipReason; readonly detail: string } | null
  /** Whether anything at all may be sent now. */
  readonly against: () => string | null
  readonly lead: Lead
  /** How the journal takes a reservation, and what runs behind a send. */
  readonly reserve: ExecutionParts['reserve']
  readonly after: ExecutionParts['after']
  /** Who runs what is left for want of known gas; `null`: nobody, and first estimates stand. */
  readonly prober: Prober | null
  /** Blocks are still to come: what may come next is rehearsed, and what is not served is told; so it is if nothing is said. */
  readonly isLive?: boolean
  /** Idempotent: told again after a crash in between. */
  readonly onReceipt: (receipt: Receipt) => Promise<void>
}

/** Puts a keeper together from its parts. What differs between a live run and any other is in the parts. */
export function composeKeeper(parts: ComposeParts): Keeper {
  const { settings, rpc, live, lanes, events } = parts
  const executor = settings.execution.executor ?? ZERO_ADDRESS
  const gas = createGasModel()
  const tried = createTried(settings.execution.priorityFee as Wei)
  const registry = registryOf(parts)
  const executedOf = (log: Log): Executed | null => executedEvent(log, executor)
  const isExecuted = (log: Log): boolean => executedOf(log) !== null
  const governed = { ...keeperSettingsOf(parts, executor, registry), execution: { ...settings.execution, executor } }
  const execution: Execution = new Execution({
    settings: governed.execution,
    lanes,
    gas,
    store: live.world.store,
    reserve: parts.reserve,
    after: parts.after,
    now: live.world.clock.monotonicNs,
    send: live.world.send,
    request: rpc.request,
    encode: encodeOrder,
    isExecuted,
    ownerOf: (position) => keeper.ownerOf(position),
    against: () => leading.against() ?? parts.against(),
    on: {
      intent: (intent) => {
        tried.intent(intent)
        events.intent(intent)
      },
      attempt: (event, intent) => {
        tried.attempt(event)
        events.attempt(event, intent)
        if (event.status === 'reverted' || event.detail.startsWith(simulationReverts)) keeper.onReverts(intent)
      },
      landed: (intent, receipt, told) =>
        landed(intent, receipt as RawReceipt & { readonly logs: readonly RawLog[] }, told),
      funded: (lane) => events.lane(lane.name, lane.balance, highestAffordableBaseFee(lane, transactionGasLimit)),
      freed: () => keeper.care().again(),
      fault: (error) => events.fault(error instanceof Error ? error : new Error(String(error))),
    },
  })

  const landed = async (
    intent: Intent,
    raw: RawReceipt & { readonly logs: readonly RawLog[] },
    told: () => Promise<void>,
  ): Promise<void> => {
    const block = (await rpc.request('eth_getBlockByHash', [raw.blockHash, false])) as { timestamp: string } | null
    const settled = settle(keeper.mirror(), intent, raw, Number(block?.timestamp ?? 0), executor, executedOf)
    if (settled.gasMeasured > 0n) gas.learnRefund(intent.shape, Number(settled.gasMeasured - settled.gasUsed))
    await parts.onReceipt(settled.receipt)
    const record = { ...settled, plan: intent.plan } as unknown as Rec
    await Promise.all([live.world.store.append('receipt', record), told()])
    events.receipt(settled.receipt, intent, settled.exactness)
  }

  const createMirror = mirrorsOf(parts)
  const { guard, halts } = parts
  const rivals = rivalsOf(parts, tried, isExecuted, () => keeper.mirror())
  const leading = leadingOf(parts, execution, rivals, () => keeper.care().restore())
  const measuring = measuringOf(parts, governed, gas)
  const keeper: Keeper = new Keeper({
    world: live.world,
    createMirror,
    bookFile: bookFileOf(parts, createMirror),
    sources: (mirror) => sourcesOf(parts, mirror),
    execution,
    gas,
    registry,
    measuring,
    settings: governed,
    events: { ...events, judged: bothOf(measuring.heard, events.judged) },
    ...{ rivals: toldBy(leading, rivals), leading },
    onCommand: commandsTo(leading, governed, execution),
    ...{ latest: live.latest, readAll: live.readAll, follow: live.follow, isBehind: live.isBehind },
    executorLogs: { addresses: [executor], topics: [] },
    requests: rpc.requests,
    ...{ guard, halts },
  })
  return keeper
}

const bothOf =
  (first: Measuring['heard'], then: KeeperEvents['judged']): NonNullable<KeeperEvents['judged']> =>
  (spec, verdicts, took) => {
    first(spec, verdicts)
    then?.(spec, verdicts, took)
  }

/** Without an executor there is nothing to run. */
function measuringOf({ rpc, prober }: ComposeParts, { execution, decide }: Governed, gas: GasModel): Measuring {
  if (prober === null || execution.executor === ZERO_ADDRESS) return noMeasuring
  return createMeasuring({
    ...{ gas, settings: decide },
    measure: (plan) => measureGas(rpc.request, plan, execution, prober, gas.refund(plan.shape)),
  })
}

const keeperSettingsOf = ({ settings, isLive = true }: ComposeParts, executor: Address, registry: Registry) => ({
  decide: decideSettingsOf(settings, executor, registry),
  care: { ...settings.care },
  blockSeconds: settings.blockSeconds,
  isDryRun: settings.execution.isDryRun,
  isLive,
})

const leadingOf = (
  { lead, events }: ComposeParts,
  execution: Execution,
  rivals: Rivals,
  care: () => Promise<void>,
): Leading =>
  createLeading({
    lead,
    restore: async (head) => {
      await lead.restore()
      await care()
      await execution.restore({ ...head, logs: [] })
      await rivals.restore()
    },
    rest: () => execution.rest(),
    fault: events.fault,
  })

const commandsTo =
  (leading: Leading, governed: Governed, execution: Execution): KeeperParts['onCommand'] =>
  (body) => {
    leading.onCommand(body)
    if (govern(governed, body)) execution.forgetReady()
  }

/** What others take is told by who leads, or it would be told twice. */
const toldBy = (leading: Leading, rivals: Rivals): Rivals => ({
  ...rivals,
  onHead: (head) => (leading.isUp() ? rivals.onHead(head) : undefined),
})

const registryOf = ({ settings: { execution }, registryKeys }: ComposeParts): Registry =>
  execution.executor === null || registryKeys === null ? noRegistry : createRegistry(execution.executor, registryKeys)

const sourcesOf = ({ settings: { blockSeconds, timelocks }, rpc, events }: ComposeParts, mirror: Mirror) => [
  pendingUpdates(mirror.feeds()),
  createInterest(mirror, blockSeconds),
  createParameters(payloadsOf(mirror, rpc, timelocks, blockSeconds), events.fault),
]

function rivalsOf(
  { settings: { execution }, rpc, live, events }: ComposeParts,
  tried: TriedLately,
  isExecuted: (log: Log) => boolean,
  mirror: () => Mirror,
): Rivals {
  const { executor, isDryRun, priorityFee } = execution
  const of = { world: live.world, rpc, tried, events, mirror, isExecuted, isDryRun }
  return createRivals({ ...of, executor: executor ?? ZERO_ADDRESS, priorityFee: priorityFee as Wei })
}

function mirrorsOf({ settings, modules }: ComposeParts): (stored?: StoredBooks) => Mirror {
  const tokens = [settings.wrapped, ...settings.hubs]
  const { depth, blockSeconds, dataFees, stillSeconds } = settings
  return (stored) => new Mirror(createBooks(depth, stored), modules, tokens, blockSeconds, dataFees, stillSeconds)
}

function bookFileOf({ settings, live, events }: ComposeParts, createMirror: BookFileParts['createMirror']): BookFile {
  if (settings.snapshot === null) return noBookFile
  const { hashAt, world } = live
  return createBookFile({ ...settings.snapshot, createMirror, hashAt, random: world.random, events })
}

export function decideSettingsOf(
  { execution, wrapped }: Pick<ComposeSettings, 'execution' | 'wrapped'>,
  executor: Address,
  registry: Registry,
): DecideSettings {
  const { via, tipShareBps, minimumNet, priorityFee } = execution
  const isBundle = via === 'bundle'
  return {
    executor,
    registry,
    wrapped,
    // Off the bundle path no tip is paid, and none foreseen.
    tipShareBps: isBundle ? tipShareBps : (0n as typeof tipShareBps),
    minimumNet,
    priorityFee: priorityFee as Wei,
    driftPpm: isBundle ? missedSlotPpm : laterBlocksPpm,
    gasLimit: transactionGasLimit,
  }
}

/** Interest of a missed slot or two at any rate met so far: the block comes all the same, only later. */
const missedSlotPpm = 1
/** Interest of a few blocks at any rate met so far: what a transaction that may wait must have in reserve. */
const laterBlocksPpm = 50
