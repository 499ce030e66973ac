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
import { tokensIn } from '../engine/tokens-in.ts'
import { positionsOf } from '../engine/verdict-record.ts'
import { encodeOrder } from '../execution/encode-order.ts'
import { orderOf } from '../execution/job.ts'
import { gasLimitOf } from '../execution/sign.ts'
import type { Act, ChunkOutput, Taken, Tier } from './chunk-output.ts'
import { createDraw } from './draw.ts'
import { assumedExecutor, historyKeeper, type Setup } from './history-keeper.ts'
import type { Range } from './history-world.ts'
import { impactOf } from './impact-of.ts'
import { liquidationsOf } from './liquidations-of.ts'
import { memoryStore } from './memory-store.ts'
import { plannedOf } from './planned.ts'
import { type Proving, proberAt } from './proving.ts'
import { readRaw } from './read-receipts.ts'
import { createRuns } from './runs.ts'
import { solve } from './solve.ts'
import { takenIn } from './taken-in.ts'
import { causesOf, createHeard, type Heard, plansIn, unprofitableIn, type Words } from './words.ts'

export type ChunkParts = {
  readonly rpc: Rpc
  readonly range: Range
  readonly setup: Setup
  /** Where it is given, what is left for want of known gas is run before it is left; not where nothing is to be run. */
  readonly proving?: Proving | null
  /** Told after each block. */
  readonly onBlock?: (block: number) => void
}

/** Of each chunk, for the few that are forced. */
const leftMost = 40

/** Plans for the same positions, block after block: whoever did not win by then will not. */
const repeatsMost = 16

/** The keeper through a range of blocks, begun anew at the first: what it said, and what the chain did. */
export async function runChunk({ rpc, range, setup, proving = null, onBlock }: ChunkParts): Promise<ChunkOutput> {
  const heard = createHeard()
  const runs = createRuns()
  const acts: Act[] = []
  const taken: Taken[] = []
  const faults: string[] = []
  const left = createDraw<Act>(leftMost, `${range.from} left`)
  const repeats = new Map<string, { block: number; count: number }>()
  /** Positions that were acted on before and are still below the line: the committed tier knows of no act behind a hint. */
  const acted: Readonly<Record<Tier, Set<string>>> = { committed: new Set(), hinted: new Set() }
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
    const add = (tier: Tier, plans: readonly Plan[], spec: SceneSpec): void => {
      for (const plan of plans) if (isNews(plan, tier, number)) acts.push(actOf(mirror, plan, spec, coming, tier))
    }
    const without = ({ plan, spec }: ReturnType<typeof plansIn>[number], tier: Tier): readonly Plan[] =>
      withoutActed(keeper, plan, spec, settings, acted[tier])
    for (const one of plansIn(heard.committed())) {
      add('committed', [one.plan, ...without(one, 'committed')], one.spec)
      add('hinted', without(one, 'hinted'), one.spec)
    }
    for (const { words } of heard.hinted())
      for (const one of plansIn(words)) add('hinted', [one.plan, ...without(one, 'hinted')], one.spec)
    noteActed(acted, heard)
    for (const { plan, spec } of unprofitableIn(heard.committed()))
      if (isAsForeseen(plan, coming)) left.offer(() => actOf(mirror, plan, spec, coming, 'committed'))
    const parent = keeper.head()?.block ?? coming.block
    taken.push(...(await takenIn({ rpc, mirror, heard, settings, gasUnits: keeper.gasUnits, parent }, coming)))
    heard.forget()
    onBlock?.(number)
  }

  const keeper = await historyKeeper({
    ...{ rpc, range, setup, store: memoryStore((stream) => stream === 'quarantine'), before },
    prober: proving === null ? null : await proberAt(proving, executor, range.from - 1),
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
  const tokens = [...tokensIn(keeper.mirror(), setup.settings.wrapped)].sort()
  const said = { below: runs.all(), reasons: runs.reasons(), faults }
  return { range, positions, tokens, acts, taken, left: left.drawn(), ...said }
}

/** Both tiers play what blocks show; what is behind a hint, one alone. */
function noteActed(acted: Readonly<Record<Tier, Set<string>>>, heard: Heard): void {
  for (const positions of [acted.committed, acted.hinted])
    for (const position of positions) if (!heard.committed().has(position)) positions.delete(position)
  const add = (words: Words, to: readonly Set<string>[]): void => {
    for (const { plan } of plansIn(words))
      for (const position of positionsOf({ do: 'act', plan })) for (const one of to) one.add(position)
  }
  add(heard.committed(), [acted.committed, acted.hinted])
  for (const { words } of heard.hinted()) add(words, [acted.hinted])
}

/** The same without those that are perhaps ours already: what is joined with them must not be lost with them. */
function withoutActed(
  keeper: Keeper,
  plan: Plan,
  spec: SceneSpec,
  settings: DecideSettings,
  acted: ReadonlySet<string>,
): readonly Plan[] {
  const all = positionsOf({ do: 'act', plan })
  const left = all.filter((position) => !acted.has(position))
  if (left.length === 0 || left.length === all.length) return []
  const { plan: instead, reason } = solve(keeper.mirror(), spec, settings, new Set(left), new Set(), keeper.gasUnits)
  return instead === null || reason !== null ? [] : [instead]
}

/** Behind a missed slot a block is another than the one that was judged. */
const isAsForeseen = ({ block: { timestamp, baseFee } }: Plan, { block }: HeadEvent): boolean =>
  timestamp === block.timestamp && baseFee === block.baseFee

const placeOf = ({ logs }: HeadEvent, behind: Act['behind']): number =>
  Math.max(-1, ...logs.filter((log) => behind.includes(log.transactionHash)).map((log) => log.transactionIndex))

/** Oracle updates of the block, as if they had been seen on their way. */
async function updatesIn(rpc: Rpc, { logs }: HeadEvent, keeper: Keeper): Promise<readonly NewInput[]> {
  if (logs.length === 0) return []
  const filters = keeper.mirror().feeds().watches()
  const updates = logs.filter((log) => filters.some((filter) => matches(filter, log)))
  const hashes = [...new Set(updates.map(({ transactionHash }) => transactionHash))]
  if (hashes.length === 0) return []
  return (await readRaw(rpc, hashes)).map((raw): NewInput => ({ kind: 'pending', raw }))
}
