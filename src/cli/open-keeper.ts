import type { Input, Store } from '#core/world.ts'
import { type LiveWorld, liveWorld } from '../chain/live-world.ts'
import { hasMulticall } from '../chain/multicall.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { type ComposeParts, type ComposeSettings, composeKeeper } from '../engine/compose.ts'
import type { KeeperEvents } from '../engine/events.ts'
import type { Keeper } from '../engine/keeper.ts'
import { strategyOf } from '../engine/strategy-of.ts'
import { flashbotsRelay } from '../execution/flashbots-relay.ts'
import { createLane } from '../execution/lane.ts'
import type { Relay } from '../execution/relay.ts'
import { createSender, type OnAnswer } from '../execution/sender.ts'
import { signedRelay } from '../execution/signed-relay.ts'
import { createGuards } from '../guards/create-guards.ts'
import type { Guards } from '../guards/guards.ts'
import { killFile } from '../guards/kill-file.ts'
import { wordOf } from '../guards/word-of.ts'
import { type Journal, openJournal } from '../journal/open-journal.ts'
import type { Keys } from '../keys/key.ts'
import { createBacklog } from '../observe/backlog.ts'
import type { Observe } from '../observe/observe.ts'
import type { RunTape } from '../recording/run-tape.ts'
import { recordingSeam } from '../replay/recording-seam.ts'
import { type OnRecord, partsThrough, rpcThrough, signerThrough } from '../replay/through-seam.ts'
import { composeSettings } from './compose-settings.ts'
import { dataFeeSourceOf } from './data-fees.ts'
import { keeperEvents } from './keeper-events.ts'
import { lookingAhead } from './looking-ahead.ts'
import { layoutsOf, modulesOf } from './modules-of.ts'
import { registryKeysFor } from './registry-keys-for.ts'

export type OpenKeeper = {
  readonly keeper: Keeper
  readonly live: LiveWorld
  readonly guards: Guards
  readonly journal: Journal
  readonly rpc: Rpc
  /** Ends the inputs and closes the journal; the keeper must have come to rest. */
  readonly close: () => void
}

/** Missed slots are no silence, and on fast chains neither is a pause. */
const silentBlocks = 4
const silentSecondsLeast = 30

/**
 * A keeper as an operator's configuration describes it, on a live chain. Nothing runs before `keeper.start()`. `tape`:
 * what it is told of the world is recorded there; its book then is read anew, and not kept.
 */
export async function openKeeper(
  config: Config,
  keys: Keys,
  observe: Observe,
  also: Partial<KeeperEvents> = {},
  tape: RunTape | null = null,
): Promise<OpenKeeper> {
  const rpc = openRpc(config.chain.rpc, (error) => events.fault(error))
  const journal = openJournal(config.journal.path, {
    chainId: config.chain.id,
    executor: config.executor?.address ?? 'none',
  })
  const backlog = createBacklog(1_024, observe.eventsDropped)
  const guards = await openGuards(config, journal, observe)
  const events = keeperEvents({
    ...{ observe, now: Date.now, later: backlog.later },
    strategyOf: (position) => strategyOf(keeper.mirror(), position),
    also: lookingAhead({ also, keeper: () => keeper, guards, observe, blockSeconds: config.chain.blockSeconds }),
  })
  const relays = await Promise.all(config.submission.relays.map((relay) => openRelay(relay, config, keys)))
  const send = createSender(relays, rpc.request, onAnswer(observe))
  const { pollMs, finalityBlocks: depth, blockSeconds } = config.chain
  const isAggregated = await hasMulticall(rpc)
  const silentMs = Math.max(silentBlocks * blockSeconds, silentSecondsLeast) * 1_000
  const world = liveWorld({
    ...{ rpc, store: journal, send, pollMs, silentMs, depth, isAggregated, onFault: events.fault },
    hasPending: config.chain.pending,
  })
  const live = countingInputs(world, (kind) => backlog.later(() => observe.input(kind)))
  const { submission } = config
  const seam = tape === null ? null : recordingSeam(tape)
  const dataFees = await dataFeeSourceOf(seam === null ? rpc : rpcThrough(seam, rpc))
  const signers = keys.operators.map(({ signer }) => (seam === null ? signer : signerThrough(seam, signer)))
  const parts: ComposeParts = {
    settings: { ...composeSettings(config), dataFees, snapshot: seam === null ? snapshotOf(config) : null },
    modules: modulesOf(config),
    rpc,
    live,
    lanes: submission.dryRun ? [] : signers.map(createLane),
    events,
    registryKeys: registryKeysFor(config),
    reserve: (record) => journal.appendNow('reservation', record),
    after: backlog.surely,
    ...guardedBy(guards, config),
  }
  const isTaped = seam !== null && tape !== null
  const keeper: Keeper = composeKeeper(isTaped ? partsThrough(seam, parts, verdictsTo(tape)) : parts)
  return {
    keeper,
    live,
    guards,
    journal,
    rpc,
    close: () => {
      live.close()
      rpc.close()
      journal.close()
    },
  }
}

const onAnswer =
  (observe: Observe): OnAnswer =>
  (relay, { via: path, hash: transactionHash }, { accepted, answer: why }, seconds) => {
    const via = path as Config['submission']['via']
    observe.relayAnswered(relay, seconds)
    if (accepted) observe.sent({ transactionHash, via, relay })
    else observe.sendRefused({ transactionHash, via, relay, why })
  }

/** Told behind the path, so that counting costs it nothing. */
function countingInputs(live: LiveWorld, told: (kind: Input['kind']) => void): LiveWorld {
  async function* inputs(): AsyncGenerator<Input> {
    for await (const input of live.world.inputs) {
      told(input.kind)
      yield input
    }
  }
  return { ...live, world: { ...live.world, inputs: inputs() } }
}

/** A replay is held against what was said then. */
const verdictsTo =
  ({ put }: RunTape): OnRecord =>
  (stream, record) => {
    if (stream === 'verdict') put(() => ['verdict', record])
  }

/** What guards say of a plan, of a market, and of sending at all. */
function guardedBy(guards: Guards, { submission: { via }, guards: settings }: Config) {
  return {
    ...wordOf(guards, via),
    against: () => {
      const isKilled = killFile(settings.killFile).isThere() || guards.state().some(({ name }) => name === 'kill')
      return isKilled ? 'killed since it was decided' : null
    },
    onReceipt: (receipt) => guards.record(receipt, via),
  } satisfies Partial<Parameters<typeof composeKeeper>[0]>
}

/** However few are compared while it runs: a book is not trusted unseen. */
const resumedSampleLeast = 32

function snapshotOf(config: Config): ComposeSettings['snapshot'] {
  const { path, everyBlocks } = config.snapshot
  if (path === null) return null
  return { path, everyBlocks, layouts: layoutsOf(config), sample: Math.max(resumedSampleLeast, config.drift.sample) }
}

function openGuards(config: Config, store: Store, observe: Observe): Promise<Guards> {
  const kill = killFile(config.guards.killFile)
  return createGuards(config.guards, {
    store,
    now: Date.now,
    isKilled: kill.isThere,
    opened: (name, detail) => observe.guard({ name, isOpen: true, detail }),
    closed: (name) => observe.guard({ name, isOpen: false, detail: 'closed' }),
    alerted: (name, detail) => observe.guardAlert({ name, detail }),
    storeFailed: observe.failed,
  })
}

/** Flashbots by its own library; every other builder by a thin client that signs the same header. */
async function openRelay(relay: Config['submission']['relays'][number], config: Config, keys: Keys): Promise<Relay> {
  const name = relay.name ?? new URL(relay.url).host
  const auth = keys.relay.signer
  if (!name.includes('flashbots')) return signedRelay({ name, url: relay.url, auth })
  return flashbotsRelay({ name, url: relay.url, nodeUrl: config.chain.rpc, chainId: config.chain.id, auth })
}
