import type { LogFilter } from '#core/block.ts'
import { isKeeperError, type KeeperError } from '#core/error.ts'
import type { Plan } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { HeadEvent } from '../chain/heads.ts'
import type { NewInput } from '../chain/input-queue.ts'
import { matches } from '../chain/match.ts'
import type { Rpc } from '../chain/rpc.ts'
import { decideSettingsOf } from '../engine/compose.ts'
import type { DecideSettings } from '../engine/decide.ts'
import type { Keeper } from '../engine/keeper.ts'
import type { Mirror } from '../engine/mirror.ts'
import { noRegistry } from '../engine/registry.ts'
import { positionsOf } from '../engine/verdict-record.ts'
import { encodeOrder } from '../execution/encode-order.ts'
import { orderOf } from '../execution/job.ts'
import { gasLimitOf } from '../execution/sign.ts'
import type { Act, ChunkOutput, Taken, Tier } from './chunk-output.ts'
import { createDraw } from './draw.ts'
import { assumedExecutor, historyKeeper, type Setup } from './history-keeper.ts'
import type { Range } from './history-world.ts'
import { impactOf } from './impact-of.ts'
import { memoryStore } from './memory-store.ts'
import { plannedOf } from './planned.ts'
import { readRaw } from './read-receipts.ts'
import { createRuns } from './runs.ts'
import { solve } from './solve.ts'
import { takenIn } from './taken-in.ts'
import { causesOf, createHeard, plansIn, unprofitableIn } from './words.ts'

export type ChunkParts = {
  readonly rpc: Rpc
  readonly range: Range
  readonly setup: Setup
  /** Told after each block. */
  readonly onBlock?: (block: number) => void
}

/** Of each chunk, for the few that are forced. */
const leftMost = 40

/** Plans for the same positions, block after block: whoever did not win by then will not. */
const repeatsMost = 16

/** The keeper through a range of blocks, begun anew at the first: what it said, and what the chain did. */
export async function runChunk({ rpc, range, setup, onBlock }: ChunkParts): Promise<ChunkOutput> {
  const heard = createHeard()
  const runs = createRuns()
  const acts: Act[] = []
  const taken: Taken[] = []
  const faults: string[] = []
  const left = createDraw<Act>(leftMost, `${range.from} left`)
  const repeats = new Map<string, { block: number; count: number }>()
  /** Positions that were acted on before and are still below the line. */
  const acted = new Set<string>()
  let positions = 0
  let outage: KeeperError | null = null
  const executor = setup.settings.execution.executor ?? assumedExecutor
  const settings = decideSettingsOf(setup.settings, executor, noRegistry)
  const execution = { ...setup.settings.execution, executor }

  const actOf = (mirror: Mirror, plan: Plan, spec: SceneSpec, coming: HeadEvent, tier: Tier): Act => ({
    ...{ block: coming.block.number, timestamp: coming.block.timestamp, tier },
    ...{
      behind: causesOf(spec),
      place: placeOf(coming, causesOf(spec)),
      impact: impactOf(mirror, spec, plan, settings),
    },
    foreseen: { timestamp: plan.block.timestamp, baseFee: plan.block.baseFee },
    plan: plannedOf(plan, settings.priorityFee),
    data: encodeOrder(orderOf(plan, execution, 0)),
    gasLimit: gasLimitOf(plan),
  })
  /** Whether it was not said too often already. */
  const isNews = (plan: Plan, tier: Tier, block: number): boolean => {
    const key = `${tier} ${plan.steps.flatMap(({ opportunity }) => opportunity.positions).join()}`
    const before = repeats.get(key)
    const count = before !== undefined && before.block >= block - 1 ? before.count + 1 : 1
    repeats.set(key, { block, count })
    return count <= repeatsMost
  }
  const before = async (coming: HeadEvent, keeper: Keeper): Promise<void> => {
    const { number } = coming.block
    const mirror = keeper.mirror()
    runs.said(number, heard.committed(), mirror)
    const note = (tier: Tier, { plan, spec }: ReturnType<typeof plansIn>[number]): void => {
      for (const one of [plan, ...withoutActed(mirror, plan, spec, settings, acted)])
        if (isNews(one, tier, number)) acts.push(actOf(mirror, one, spec, coming, tier))
    }
    for (const one of plansIn(heard.committed())) note('committed', one)
    for (const { words } of heard.hinted()) for (const one of plansIn(words)) note('hinted', one)
    for (const position of acted) if (!heard.committed().has(position)) acted.delete(position)
    for (const words of [heard.committed(), ...heard.hinted().map((one) => one.words)])
      for (const { plan } of plansIn(words))
        for (const position of positionsOf({ do: 'act', plan })) acted.add(position)
    for (const { plan, spec } of unprofitableIn(heard.committed()))
      left.offer(() => actOf(mirror, plan, spec, coming, 'committed'))
    taken.push(...(await takenIn({ rpc, mirror: keeper.mirror(), heard, settings }, coming)))
    heard.forget()
    onBlock?.(number)
  }

  const keeper = await historyKeeper({
    ...{ rpc, range, setup, store: memoryStore((stream) => stream === 'quarantine'), before },
    also: liquidationsOf,
    hints: (coming, keeper) => updatesIn(rpc, coming, keeper),
    events: {
      judged: heard.judged,
      fault: (error) => {
        if (isKeeperError(error) && error.retryable && error.code.startsWith('rpc-')) outage ??= error
        else faults.push(error.message)
      },
      synced: (size) => {
        positions = size.positions
      },
    },
  })
  await keeper.start()
  await keeper.run()
  // A node that was gone for a while leaves gaps in what was seen: nothing of it is believed.
  if (outage !== null) throw outage
  return { range, positions, acts, taken, left: left.drawn(), below: runs.all(), reasons: runs.reasons(), faults }
}

/** The same without those that are perhaps ours already: what is joined with them must not be lost with them. */
function withoutActed(
  mirror: Mirror,
  plan: Plan,
  spec: SceneSpec,
  settings: DecideSettings,
  acted: ReadonlySet<string>,
): readonly Plan[] {
  const all = positionsOf({ do: 'act', plan })
  const left = all.filter((position) => !acted.has(position))
  if (left.length === 0 || left.length === all.length) return []
  const { plan: instead, reason } = solve(mirror, spec, settings, new Set(left), new Set())
  return instead === null || reason !== null ? [] : [instead]
}

const placeOf = ({ logs }: HeadEvent, behind: Act['behind']): number =>
  Math.max(-1, ...logs.filter((log) => behind.includes(log.transactionHash)).map((log) => log.transactionIndex))

const liquidationsOf = (keeper: Keeper): readonly LogFilter[] => {
  const { modules, books } = keeper.mirror()
  return modules.strategies.flatMap(({ key, module }) => module.liquidations?.(books.shelf(key)) ?? [])
}

/** Oracle updates of the block, as if they had been seen on their way. */
async function updatesIn(rpc: Rpc, { logs }: HeadEvent, keeper: Keeper): Promise<readonly NewInput[]> {
  if (logs.length === 0) return []
  const filters = keeper.mirror().feeds().watches()
  const updates = logs.filter((log) => filters.some((filter) => matches(filter, log)))
  const hashes = [...new Set(updates.map(({ transactionHash }) => transactionHash))]
  if (hashes.length === 0) return []
  return (await readRaw(rpc, hashes)).map((raw): NewInput => ({ kind: 'pending', raw }))
}
