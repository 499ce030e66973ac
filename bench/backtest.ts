import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crashShape } from '../sandbox/history/crash-shape.ts'
import { generateHistory } from '../sandbox/history/generate-history.ts'
import { sweeper, threeRivals } from '../sandbox/history/rivals.ts'
import { startPostgres } from '../sandbox/postgres.ts'
import type { Report } from '../src/backtest/report.ts'
import { type CrewSettings, withCrew } from '../src/cli/backtest-crew.ts'
import { backtestOf } from '../src/cli/backtest-of.ts'
import type { Hex } from '../src/core/address.ts'
import { recordedRpc } from '../src/recording/recorded-rpc.ts'
import { openRecording, type Recording } from '../src/recording/recording.ts'
import type { Arm, Bench, Metric } from './bench.ts'
import { healthOf } from './health-of.ts'
import { type Along, configured, recordAlong } from './month/record-along.ts'
import { replayOnAnvil, type Then } from './replay-arm.ts'

const isQuick = process.argv.includes('--quick')
const size = isQuick ? { days: 0.1, blocks: 720, borrowers: 80 } : { days: 0.28, blocks: 2_000, borrowers: 5_000 }
/** Hours with a fall in which about as many go under in a thousand blocks as in a month with a crash. */
const gentle = {
  ...crashShape,
  drop: 0.06,
  worstDay: 0.05,
  worstHours: 0.04,
  calm: 0.004,
  wild: 0.01,
  stakedLow: 0.972,
}
/** Of the blocks, those that are executed again: where most are liquidated. */
const sampled = isQuick ? 20 : 40

type Scene = Along & { readonly recording: Recording; readonly crew: CrewSettings; readonly then: Then }

/** Hours of a crash on a real chain, recorded without proofs: what all arms live through. */
async function prepare(folder: string): Promise<Scene> {
  const path = join(folder, 'bench.tape')
  /** Of the second half: prices are at their lowest there. */
  const states: Pick<Then, 'block' | 'state'>[] = []
  const month = {
    ...{ ...size, seed: 4, chunkBlocks: size.blocks / 2, ...(isQuick ? {} : { shape: gentle }) },
    onBlock: async (block: number, { rpc }: Along['history']['sandbox']) => {
      if (block < Math.max(0.5 * size.blocks, (states.at(-1)?.block ?? 0) + sampled)) return
      states.push({ block, state: (await rpc.request('anvil_dumpState', [])) as Hex })
    },
  }
  const along = await recordAlong(month, path, () => undefined)
  const { config, sources, history } = along
  const takenBehind = ({ block }: { readonly block: number }): number =>
    history.taken.filter((one) => one.block > block && one.block <= block + sampled).length
  const [steepest] = states.toSorted((a, b) => takenBehind(b) - takenBehind(a))
  if (steepest === undefined || takenBehind(steepest) === 0) throw new Error('nobody is liquidated behind any state')
  const { rpc, chainId } = history.sandbox
  const then = { ...steepest, chainId, ...(await healthOf(config, rpc, history.to)) }
  const recording = openRecording(path)
  const shared = { history: { recording: path }, recorded: recording.digest(), workers: 1, databaseUrl: null }
  return { ...along, recording, then, crew: { config, sources, ...shared } }
}

/** The liquidations of all blocks, or of those between. */
const found = ({ tiers }: Report, after = 0, to = Number.POSITIVE_INFINITY): string =>
  [
    ...new Set(
      tiers.committed.liquidations.flatMap(({ block, transactionHash }) =>
        block > after && block <= to ? [transactionHash] : [],
      ),
    ),
  ]
    .sort()
    .join(' ')

function arms({ history, config, recording, crew, then }: Scene, databaseUrl: () => Promise<string>) {
  const { from, to, chunkBlocks } = recording.head
  const blocks = to - from + 1
  const given = { range: { from, to }, chunkBlocks, isProven: false }
  const ours: Arm = {
    name: 'plimsoll',
    run: async () => {
      const began = performance.now()
      const report = await backtestOf(config, { ...given, rpc: recordedRpc(recording) })
      const value = (performance.now() - began) / 1e3 / blocks
      return { value, result: found(report, then.block, then.block + sampled) }
    },
  }
  const replay: Arm = {
    name: 'anvil replay',
    run: async () => {
      const { liquidations, seconds } = await replayOnAnvil(history.sandbox.rpc, then, sampled)
      return { value: seconds / sampled, result: liquidations.join(' ') }
    },
  }
  const crewArm = (name: string, workers: number, isShared: boolean): Arm => ({
    name,
    run: async () => {
      const settings = { ...crew, workers, databaseUrl: isShared ? await databaseUrl() : null }
      const rpc = recordedRpc(recording)
      const began = performance.now()
      const about = { rpc, last: to, progress: () => undefined }
      const report = await withCrew(settings, about, (hands) => backtestOf(config, { ...given, rpc, hands }))
      return { value: (performance.now() - began) / 1e3 / blocks, result: found(report) }
    },
  })
  return { ours, replay, crewArm }
}

function metricsOf(scene: Scene, databaseUrl: () => Promise<string>): readonly Metric[] {
  const { ours, replay, crewArm } = arms(scene, databaseUrl)
  const shape = { unit: 's', repeats: 3, warmups: 0 } as const
  const one = {
    ...{ arm: crewArm('one worker', 1, false), what: 'one worker, its process started anew' },
    ...{ target: { kind: 'at-least', ratio: 1.5 } as const },
    reason: 'starting a process and opening the recording takes as long whatever a process does',
  }
  return [
    {
      ...{ ...shape, ours, name: 'backtest-block' },
      what: `a block of a backtest without proofs: ${size.blocks} blocks, ${size.borrowers} borrowers, ${scene.history.taken.length} liquidations`,
      references: [
        {
          ...{ arm: replay, target: { kind: 'at-least', ratio: 100 } as const },
          what: `anvil re-executes ${sampled} of the blocks, where most are liquidated, and tells each position's health`,
          reason:
            'not profiled yet: each chunk begins with all positions read anew, and who is below the line is planned anew in each block',
        },
      ],
    },
    ...[crewArm('two workers', 2, false), crewArm('two processes over Postgres', 2, true)].map(
      (arm): Metric => ({
        ...{ ...shape, ours: arm, name: `backtest-${arm.name.replaceAll(' ', '-').toLowerCase()}` },
        ...{ what: `the same by ${arm.name}, processes started anew`, references: [one] },
      }),
    ),
  ]
}

/** A backtest without proofs against re-execution, proofs, and more hands. */
export const bench: Bench = {
  name: 'backtest',
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
    const scene = await prepare(folder)
    const postgres = await startPostgres()
    let databases = 0
    const databaseUrl = (): Promise<string> => {
      databases += 1
      return postgres.create(`bench${databases}`)
    }
    return {
      metrics: metricsOf(scene, databaseUrl),
      counts: [
        {
          ...{ name: 'proofs-per-second', unit: 'proofs/s', target: 'as many as may be', isRequired: false },
          what: 'acts run where they would have stood, by eth_simulateV1 on the anvil that has the chain',
          count: proofsPerSecond,
          holds: (value) => value > 0,
        },
      ],
      close: async () => {
        await postgres.stop()
        scene.recording.close()
        await scene.history.sandbox.stop()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

/** On a chain that keeps the states of all its blocks. */
async function proofsPerSecond(): Promise<number> {
  const made = { seed: 4, days: 0.05, blocks: 240, borrowers: 20 }
  const rivals = [...threeRivals, sweeper]
  const history = await generateHistory({ ...made, rivals, quietTogether: 30, states: made.blocks + 40 })
  const { sandbox, protocols, from, to } = history
  try {
    const { config } = await configured(sandbox, protocols)
    let [began, last, count] = [0, 0, 0]
    const progress = (what: string, done: number): void => {
      if (what !== 'proofs') return
      last = performance.now()
      if (began === 0) began = last
      else count += 1
      if (done === 0) began = 0
    }
    await backtestOf(config, { rpc: sandbox.rpc, range: { from, to }, chunkBlocks: to - from + 1, progress })
    return count / ((last - began) / 1e3)
  } finally {
    await sandbox.stop()
  }
}
