import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateHistory } from '../sandbox/history/generate-history.ts'
import type { History } from '../sandbox/history/history.ts'
import { sweeper, threeRivals } from '../sandbox/history/rivals.ts'
import { startPostgres } from '../sandbox/postgres.ts'
import type { Report } from '../src/backtest/report.ts'
import { inTurn } from '../src/chain/in-turn.ts'
import { type CrewSettings, withCrew } from '../src/cli/backtest-crew.ts'
import { backtestOf } from '../src/cli/backtest-of.ts'
import { sandboxConfig, sandboxEnv } from '../src/cli/demo/sandbox-config.ts'
import type { Config } from '../src/config/config.ts'
import { discover } from '../src/config/discover.ts'
import { loadConfig } from '../src/config/load-config.ts'
import { recordRange } from '../src/recording/record-range.ts'
import { recordedRpc } from '../src/recording/recorded-rpc.ts'
import { openRecording, openTape, type Recording } from '../src/recording/recording.ts'
import type { Arm, Bench, Metric } from './bench.ts'
import { healthOf } from './health-of.ts'
import { replayOnAnvil } from './replay-arm.ts'

const isQuick = process.argv.includes('--quick')
const size = isQuick ? { days: 0.05, blocks: 240, borrowers: 20 } : { days: 0.12, blocks: 860, borrowers: 60 }

type Scene = {
  readonly history: History
  readonly config: Config
  readonly recording: Recording
  readonly crew: CrewSettings
}

/** Days of a crash on a real chain, recorded without proofs: what both arms live through. */
async function prepare(folder: string): Promise<Scene> {
  const rivals = [...threeRivals, sweeper]
  const history = await generateHistory({ seed: 4, ...size, rivals, quietTogether: 30, states: size.blocks + 40 })
  const { sandbox, protocols, from, to } = history
  const text = sandboxConfig(sandbox, { executor: null, journalPath: 'none.sqlite', dryRun: true, protocols })
  const sources = { file: null, text, env: sandboxEnv(sandbox), flags: {} }
  const config = loadConfig({ ...sources, registry: await discover() })
  const path = join(folder, 'bench.tape')
  const head = { chainId: sandbox.chainId, from, to, chunkBlocks: Math.ceil(size.blocks / 4) }
  const tape = openTape(path, head)
  const pass = { range: { from, to }, chunkBlocks: head.chunkBlocks, isProven: false }
  await recordRange(
    sandbox.rpc,
    tape,
    async (rpc) => void (await backtestOf(config, { ...pass, rpc: inTurn(rpc) })),
    () => undefined,
  )
  tape.close()
  const recording = openRecording(path)
  const crew = {
    config,
    sources,
    history: { recording: path },
    recorded: recording.digest(),
    workers: 1,
    databaseUrl: null,
  }
  return { history, config, recording, crew }
}

const found = ({ tiers }: Report): string =>
  [...new Set(tiers.committed.liquidations.map(({ transactionHash }) => transactionHash))].sort().join(' ')

function arms({ history, config, recording, crew }: Scene, databaseUrl: () => Promise<string>) {
  const { from, to, chunkBlocks } = recording.head
  const blocks = to - from + 1
  const given = { range: { from, to }, chunkBlocks, isProven: false }
  const ours: Arm = {
    name: 'plimsoll',
    run: async () => {
      const began = performance.now()
      const report = await backtestOf(config, { ...given, rpc: recordedRpc(recording) })
      return { value: (performance.now() - began) / 1e3 / blocks, result: found(report) }
    },
  }
  const replay: Arm = {
    name: 'anvil replay',
    run: async () => {
      const { rpc, nodeUrl: url, chainId } = history.sandbox
      const { health, telling } = await healthOf(config, rpc, from - 1)
      const { liquidations, seconds } = await replayOnAnvil({ url, chainId }, { from, to }, health, telling)
      return { value: seconds / blocks, result: liquidations.join(' ') }
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
    const { ours, replay, crewArm } = arms(scene, databaseUrl)
    const one = crewArm('one worker', 1, false)
    const shape = { unit: 's', repeats: 1, warmups: 0 } as const
    const metrics: Metric[] = [
      {
        ...{ ...shape, ours, name: 'backtest-block', repeats: 3 },
        what: `a block of a backtest without proofs: ${size.blocks} blocks of a crash, ${size.borrowers} borrowers`,
        references: [
          {
            ...{ arm: replay, target: { kind: 'at-least', ratio: 100 } as const },
            what: 'an anvil that forks the chain, re-executes each block and is asked for the health of every position',
            reason: 'a crash of hours has somebody below the line in most blocks, and each of them is decided anew',
          },
        ],
      },
      ...[crewArm('two workers', 2, false), crewArm('two processes over Postgres', 2, true)].map(
        (arm): Metric => ({
          ...{ ...shape, ours: arm, name: `backtest-${arm.name.replaceAll(' ', '-').toLowerCase()}` },
          what: `the same by ${arm.name}, processes started anew`,
          references: [
            {
              ...{
                arm: one,
                what: 'one worker, its process started anew',
                target: { kind: 'at-least', ratio: 1.5 } as const,
              },
              reason: 'starting a process takes as long as its share of so few blocks',
            },
          ],
        }),
      ),
    ]
    const { history, config } = scene
    return {
      metrics,
      counts: [
        {
          ...{ name: 'proofs-per-second', unit: 'proofs/s', target: 'as many as may be', isRequired: false },
          what: 'acts run where they would have stood, by eth_simulateV1 on the anvil that has the chain',
          count: () => proofsPerSecond(history, config),
          holds: (value) => value > 0,
        },
      ],
      close: async () => {
        await postgres.stop()
        scene.recording.close()
        await history.sandbox.stop()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

async function proofsPerSecond({ sandbox, from, to }: History, config: Config): Promise<number> {
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
}
