import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crashShape } from '../../sandbox/history/crash-shape.ts'
import { generateHistory } from '../../sandbox/history/generate-history.ts'
import type { History } from '../../sandbox/history/history.ts'
import { sweeper, threeRivals } from '../../sandbox/history/rivals.ts'
import { summaryOf } from '../../sandbox/history/summary.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { chunksOf } from '../../src/backtest/backtest.ts'
import { runChunk } from '../../src/backtest/run-chunk.ts'
import { inTurn } from '../../src/chain/in-turn.ts'
import { openRpc } from '../../src/chain/open-rpc.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { backtestOf, backtestSetup } from '../../src/cli/backtest-of.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import type { Config } from '../../src/config/config.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { type Pass, recordRange } from '../../src/recording/record-range.ts'
import { openRecording, openTape, type RecordingHead, type Tape } from '../../src/recording/recording.ts'
import { tapedRpc } from '../../src/recording/taped-rpc.ts'
import { nowAndThen } from '../example/build.ts'
import { createGate, type Gate } from './gate.ts'
import { growingRpc } from './growing-rpc.ts'
import { splitRpc } from './split-rpc.ts'

/** What a month is made of. */
export type Month = {
  readonly seed: number
  readonly days: number
  readonly blocks: number
  readonly borrowers: number
  readonly chunkBlocks: number
}
export type BuiltMonth = { readonly tape: string; readonly config: string; readonly digest: string }

const folder = fileURLToPath(new URL('../../.cache/month/', import.meta.url))
/** Blocks mined at once where nothing happens. */
const together = 30
/** A fall of a quarter: of so many borrowers a thousand and more go under in it. */
const shape = { ...crashShape, drop: 0.25, worstDay: 0.14, worstHours: 0.1, calm: 0.005, wild: 0.02 }

/**
 * The month's recording, made on first use and kept: every block of it on a real chain, recorded along the way, since
 * the chain keeps no state but the newest. Whole or not at all.
 */
export async function buildMonth(month: Month, say: (text: string) => void): Promise<BuiltMonth> {
  const { seed, days, blocks, borrowers, chunkBlocks } = month
  const name = join(folder, [seed, days, blocks, borrowers, chunkBlocks].join('-'))
  const files = { tape: `${name}.tape`, config: `${name}.yaml` }
  if (!existsSync(files.tape) || !existsSync(files.config)) await record(month, files, say)
  const recording = openRecording(files.tape)
  const digest = recording.digest()
  recording.close()
  return { ...files, digest }
}

async function record(month: Month, files: Omit<BuiltMonth, 'digest'>, say: (text: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const gate = createGate()
  const deployed = Promise.withResolvers<{ readonly sandbox: Sandbox; readonly protocols: History['protocols'] }>()
  const made = generateHistory({
    ...{ ...month, shape, quietTogether: together, rivals: [...threeRivals, sweeper], onBlock: gate.onBlock },
    onDeployed: async (sandbox, protocols) => deployed.resolve({ sandbox, protocols }),
    onProgress: nowAndThen(say),
  })
  made.catch((error: unknown) => {
    deployed.reject(error)
    gate.fail(error)
  })
  const { sandbox, protocols } = await deployed.promise
  try {
    const text = sandboxConfig(sandbox, { executor: null, journalPath: 'none.sqlite', dryRun: true, protocols })
    const sources = { file: null, text, env: sandboxEnv(sandbox), flags: {} }
    const config = loadConfig({ ...sources, registry: await discover() })
    await gate.reach(1)
    const head = { chainId: sandbox.chainId, from: gate.head() + 1, to: gate.head() + month.blocks }
    const part = `${files.tape}.part`
    rmSync(part, { force: true })
    const tape = openTape(part, { ...head, chunkBlocks: month.chunkBlocks })
    const rpc = openRpc(sandbox.nodeUrl.replace('http', 'ws'))
    await recordAlong(rpc, tape, config, gate, nowAndThen(say))
    gate.open()
    say(`${JSON.stringify(summaryOf(await made))}\n`)
    await recordRange(rpc, tape, gatherUnproven(config, tape.head), nowAndThen(say))
    tape.close()
    rpc.close()
    writeFileSync(files.config, text)
    renameSync(part, files.tape)
  } finally {
    await sandbox.stop()
  }
}

/** All that a backtest asks of states, while the chain still knows them. */
async function recordAlong(node: Rpc, tape: Tape, config: Config, gate: Gate, tell: OnProgress): Promise<void> {
  const { from, to, chunkBlocks } = tape.head
  const setup = backtestSetup(config)
  const growing = growingRpc(node, gate)
  const kept = tapedRpc(growing.states, tape)
  const rpc = inTurn(splitRpc(growing.rpc, kept))
  for (const range of chunksOf({ from, to }, chunkBlocks))
    await runChunk({ rpc, range, setup, onBlock: (block) => tell('recorded', block - from + 1, to - from + 1) })
}

/** Acts are not proven: the chain has forgotten the states they would stand on. */
const gatherUnproven =
  (config: Config, { from, to, chunkBlocks }: RecordingHead): Pass =>
  async (rpc, progress) => {
    await backtestOf(config, { rpc: inTurn(rpc), range: { from, to }, chunkBlocks, isProven: false, progress })
  }

type OnProgress = (what: string, done: number, total: number) => void
