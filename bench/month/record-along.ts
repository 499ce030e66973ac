import { type CrashShape, crashShape } from '../../sandbox/history/crash-shape.ts'
import { generateHistory } from '../../sandbox/history/generate-history.ts'
import type { History } from '../../sandbox/history/history.ts'
import { sweeper, threeRivals } from '../../sandbox/history/rivals.ts'
import { summaryOf } from '../../sandbox/history/summary.ts'
import { nowAndThen } from '../../sandbox/now-and-then.ts'
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
import { openTape, type RecordingHead, type Tape } from '../../src/recording/recording.ts'
import { tapedRpc } from '../../src/recording/taped-rpc.ts'
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
  /** Of its own, or a fall of a quarter: of some thousands of borrowers a thousand and more go under in it. */
  readonly shape?: CrashShape
  /** Told of every block that changed anything, while its state is the newest. */
  readonly onBlock?: (number: number, sandbox: Sandbox, config: Config) => Promise<void>
}
export type Along = {
  /** Its chain keeps running, and keeps no state but the newest. */
  readonly history: History
  readonly config: Config
  readonly sources: {
    readonly file: null
    readonly text: string
    readonly env: Readonly<Record<string, string>>
    readonly flags: Record<string, never>
  }
}

/** Blocks mined at once where nothing happens. */
const together = 30
const shape: CrashShape = { ...crashShape, drop: 0.25, worstDay: 0.14, worstHours: 0.1, calm: 0.005, wild: 0.02 }

/** A crash on a real chain, every block of it, recorded along the way into the file at `path`. */
export async function recordAlong(month: Month, path: string, say: (text: string) => void): Promise<Along> {
  const gate = createGate()
  const deployed = Promise.withResolvers<{
    readonly sandbox: Sandbox
    readonly about: Pick<Along, 'config' | 'sources'>
  }>()
  const told = async (number: number, isQuiet: boolean): Promise<void> => {
    const { sandbox, about } = await deployed.promise
    if (!isQuiet) await month.onBlock?.(number, sandbox, about.config)
    await gate.onBlock(number, isQuiet)
  }
  const made = generateHistory({
    ...{ shape, ...month, quietTogether: together, rivals: [...threeRivals, sweeper], onBlock: told },
    onDeployed: async (sandbox, protocols) =>
      deployed.resolve({ sandbox, about: await configured(sandbox, protocols) }),
    onProgress: nowAndThen(say),
  })
  made.catch((error: unknown) => {
    deployed.reject(error)
    gate.fail(error)
  })
  const { sandbox, about } = await deployed.promise
  try {
    await gate.reach(1)
    const head = { chainId: sandbox.chainId, from: gate.head() + 1, to: gate.head() + month.blocks }
    const tape = openTape(path, { ...head, chunkBlocks: month.chunkBlocks })
    const rpc = openRpc(sandbox.nodeUrl.replace('http', 'ws'))
    await statesOf(rpc, tape, about.config, gate, nowAndThen(say))
    gate.open()
    const history = await made
    say(`${JSON.stringify(summaryOf(history))}\n`)
    await recordRange(rpc, tape, gatherUnproven(about.config, tape.head), nowAndThen(say))
    tape.close()
    rpc.close()
    return { history, ...about }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

/** What a backtest of such a chain is configured with. */
export async function configured(
  sandbox: Sandbox,
  protocols: History['protocols'],
): Promise<Pick<Along, 'config' | 'sources'>> {
  const text = sandboxConfig(sandbox, { executor: null, journalPath: 'none.sqlite', dryRun: true, protocols })
  const sources = { file: null, text, env: sandboxEnv(sandbox), flags: {} }
  return { sources, config: loadConfig({ ...sources, registry: await discover() }) }
}

/** All that a backtest asks of states, while the chain still knows them. */
async function statesOf(node: Rpc, tape: Tape, config: Config, gate: Gate, tell: OnProgress): Promise<void> {
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
