import { address } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import type { Store } from '#core/world.ts'
import type { HeadEvent } from '../chain/heads.ts'
import type { NewInput } from '../chain/input-queue.ts'
import { hasMulticall } from '../chain/multicall.ts'
import { patient } from '../chain/patient.ts'
import type { Rpc } from '../chain/rpc.ts'
import { type ComposeSettings, composeKeeper } from '../engine/compose.ts'
import type { DataFeeSource } from '../engine/data-fees.ts'
import type { KeeperEvents } from '../engine/events.ts'
import type { Keeper } from '../engine/keeper.ts'
import { alone } from '../engine/leading.ts'
import type { Modules } from '../engine/modules.ts'
import { quietEvents } from '../engine/quiet-events.ts'
import { stillSecondsUsual } from '../engine/stillness.ts'
import type { Prober } from '../execution/measure-gas.ts'
import { createGuards } from '../guards/create-guards.ts'
import type { Limits } from '../guards/guards.ts'
import { wordOf } from '../guards/word-of.ts'
import { historyWorld, type Range } from './history-world.ts'
import { pinnedRpc } from './pinned-rpc.ts'

/** What a configuration says of a keeper, wherever it lives. `modules`: made anew for each keeper. */
export type Setup = {
  readonly settings: Omit<ComposeSettings, 'dataFees' | 'snapshot'>
  readonly limits: Limits
  readonly modules: () => Modules
  readonly dataFees: (rpc: Rpc) => Promise<DataFeeSource>
}
export type HistoryKeeperParts = {
  readonly rpc: Rpc
  readonly range: Range
  /** The last block that is given, where that is not the range's. */
  readonly until?: number
  readonly setup: Setup
  readonly store: Store
  /** Who runs what is left for want of known gas; left out: nobody. */
  readonly prober?: Prober | null
  readonly events: Partial<KeeperEvents>
  readonly also?: (keeper: Keeper) => readonly LogFilter[]
  readonly hints?: (coming: HeadEvent, keeper: Keeper) => Promise<readonly NewInput[]>
  readonly before?: (coming: HeadEvent, keeper: Keeper) => Promise<void>
}

/** Where the executor is not deployed yet, it is taken to stand here. Nobody has its key. */
export const assumedExecutor = address('0x00000000000000000000000000506c696d736f6c')

/** Samples compared with the protocols' own view are smaller by so much: blocks that are over come a thousand times as fast. */
const rarer = 8

/** The keeper that `run` composes, in a dry run over blocks that are over. Nothing runs before `start`. */
export async function historyKeeper(parts: HistoryKeeperParts): Promise<Keeper> {
  const { range, setup, store } = parts
  const events = quietEvents(parts.events)
  const { execution, depth, care } = setup.settings
  let newest = (): number => range.from - 1
  // Waiting for a busy node is no fault of the keeper's: what a chunk says must not depend on it.
  const ahead = patient(parts.rpc, () => undefined)
  const rpc = pinnedRpc(ahead, () => newest())
  const live = historyWorld({
    until: parts.until ?? range.to,
    ...{ rpc, ahead, range, store, depth, seed: `${range.from}` },
    isAggregated: await hasMulticall(rpc),
    also: () => parts.also?.(keeper) ?? [],
    rest: () => keeper.idle(),
    hints: async (coming) => (await parts.hints?.(coming, keeper)) ?? [],
    before: async (coming) => parts.before?.(coming, keeper),
  })
  newest = live.newest
  const nowMs = (): number => Number(live.world.clock.monotonicNs() / 1_000_000n)
  const guards = await createGuards(setup.limits, { store, now: nowMs })
  const keeper: Keeper = composeKeeper({
    settings: {
      ...setup.settings,
      // Of thousands of blocks at once most are still; live, the look ahead would stand on the path of the next one.
      stillSeconds: setup.settings.stillSeconds ?? stillSecondsUsual,
      care: { ...care, driftSample: Math.ceil(care.driftSample / rarer) },
      execution: { ...execution, isDryRun: true, executor: execution.executor ?? assumedExecutor },
      dataFees: await setup.dataFees(rpc),
      snapshot: null,
    },
    modules: setup.modules(),
    ...{ rpc, live, lanes: [], events },
    ...wordOf(guards, execution.via),
    against: () => null,
    prober: parts.prober ?? null,
    // Whether the executor may do it is for the proof to say.
    registryKeys: null,
    reserve: () => undefined,
    lead: alone,
    after: (work) => work(),
    // Nobody is late here, nothing that is ready beforehand is sent, and nobody is told what is not served.
    isLive: false,
    onReceipt: async () => undefined,
  })
  return keeper
}
