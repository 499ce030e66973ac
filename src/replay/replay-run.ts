import { isKeeperError, KeeperError } from '#core/error.ts'
import { type Rec, toText } from '#core/plain.ts'
import type { LiveWorld } from '../chain/live-world.ts'
import type { Rpc } from '../chain/rpc.ts'
import { type ComposeParts, composeKeeper } from '../engine/compose.ts'
import type { DataFeeSource } from '../engine/data-fees.ts'
import type { KeeperEvents } from '../engine/events.ts'
import { alone } from '../engine/leading.ts'
import type { Modules } from '../engine/modules.ts'
import { createLane } from '../execution/lane.ts'
import type { RunRecording } from '../recording/run-tape.ts'
import { replayingSeam } from './replaying-seam.ts'
import type { RunHead } from './run-head.ts'
import type { Seam } from './seam.ts'
import { partsThrough, rpcThrough, signerThrough } from './through-seam.ts'
import { turnsOf } from './turns.ts'

export type Replayed = {
  /** Verdict records as a journal keeps them, as text: those of the replay, and those that were recorded. */
  readonly verdicts: readonly string[]
  readonly recorded: readonly string[]
  /** Answers, inputs and works delivered. */
  readonly delivered: number
  /** Whether the recorded run had come to its end. */
  readonly isClean: boolean
}
export type ReplayParts = {
  readonly modules: Modules
  readonly registryKeys: ComposeParts['registryKeys']
  readonly prober: ComposeParts['prober']
  readonly dataFees: (rpc: Rpc) => Promise<DataFeeSource>
  readonly events: KeeperEvents
}

/**
 * Lives through a recorded run once more, with the same code and nothing but what was recorded: no node, no relay, no
 * key, no journal. @throws `bad-record`: what the keeper asks is not what was recorded.
 */
export async function replayRun(recording: RunRecording, parts: ReplayParts): Promise<Replayed> {
  const head = recording.head as unknown as RunHead
  const turns = turnsOf(recording)
  const { seam, play, delivered } = replayingSeam(turns)
  const verdicts: string[] = []
  const life = live(head, seam, parts, (stream, record) => {
    if (stream === 'verdict') verdicts.push(toText(record))
  })
  const fault = await Promise.race([play().then(() => null), failureOf(life)])
  if (fault !== null && !(isKeeperError(fault, 'not-recorded') && turns.isCut())) throw fault
  return { verdicts, recorded: turns.verdicts.map(toText), delivered: delivered(), isClean: turns.isClean() }
}

/** Never where it goes well: a run that was cut off never ends. */
const failureOf = (life: Promise<void>): Promise<unknown> =>
  new Promise((resolve) => {
    life.catch(resolve)
  })

async function live(
  head: RunHead,
  seam: Seam,
  { modules, registryKeys, prober, dataFees, events }: ReplayParts,
  onRecord: (stream: string, record: Rec) => void,
): Promise<void> {
  const rpc = rpcThrough(seam, nobody)
  const settings = { ...head.settings, dataFees: await dataFees(rpc), snapshot: null }
  const lanes = head.lanes.map((address) => createLane(signerThrough(seam, { address, sign: unreached })))
  const outside: ComposeParts = {
    ...{ settings, modules, registryKeys, prober, lanes, events, rpc: nobody, live: nowhere },
    ...{ guard: unreached, halts: unreached, against: unreached },
    lead: alone,
    ...{ reserve: unreached, after: unreached, onReceipt: unreached },
  }
  const keeper = composeKeeper(partsThrough(seam, outside, onRecord))
  await keeper.start()
  await keeper.run()
}

/** Stands where the outside was: whatever is asked of it did not go through the seam. */
const unreached = (): never => {
  throw new KeeperError('not-recorded', 'a replay was asked for what is not recorded: this is a bug, please report it')
}
const nobody: Rpc = {
  url: 'recording:',
  requests: () => 0,
  request: unreached,
  batch: unreached,
  close: () => undefined,
}
const nowhere: LiveWorld = {
  world: {
    inputs: { [Symbol.asyncIterator]: unreached },
    at: unreached,
    clock: { wake: () => undefined, monotonicNs: unreached },
    send: unreached,
    store: { append: unreached, read: unreached },
    random: unreached,
  },
  latest: unreached,
  hashAt: unreached,
  readAll: unreached,
  follow: () => undefined,
  command: unreached,
  pending: unreached,
  hint: unreached,
  isBehind: unreached,
  close: () => undefined,
}
