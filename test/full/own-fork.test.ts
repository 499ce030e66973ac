import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateHistory } from '../../sandbox/history/generate-history.ts'
import type { History } from '../../sandbox/history/history.ts'
import type { Report } from '../../src/backtest/report.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { backtestOf } from '../../src/cli/backtest-of.ts'
import { ownFork } from '../../src/cli/demo/own-fork.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { gather } from '../../src/cli/gather.ts'
import type { Config } from '../../src/config/config.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { recordRange } from '../../src/recording/record-range.ts'
import { recordedRpc } from '../../src/recording/recorded-rpc.ts'
import { openRecording, openTape } from '../../src/recording/recording.ts'
import { withoutSimulation } from '../backtest/without-simulation.ts'

const seed = 1

describe(`acts run on forks of their own, seed ${seed}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-fork-'))
  let history: History
  let config: Config
  let native: Report
  const over = (rpc: Rpc): Promise<Report> =>
    backtestOf(config, { rpc, range: { from: history.from, to: history.to }, lanes: 4 })
  const behindFork = async (rpc: Rpc): Promise<Report> => {
    const fork = ownFork(rpc, history.sandbox.chainId)
    try {
      return await over(fork)
    } finally {
      fork.close()
    }
  }
  beforeAll(async () => {
    history = await generateHistory({ seed, days: 2, blocks: 40, borrowers: 20 })
    const { sandbox, protocols } = history
    const text = sandboxConfig(sandbox, { executor: null, journalPath: 'none.sqlite', dryRun: true, protocols })
    config = loadConfig({ file: null, text, env: sandboxEnv(sandbox), flags: {}, registry: await discover() })
    native = await over(sandbox.rpc)
  }, 240_000)
  afterAll(async () => {
    await history?.sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('come out as the node says, to the wei and the unit of gas', async () => {
    const forked = await behindFork(withoutSimulation(history.sandbox.rpc))
    process.stdout.write(`${forked.proofs} acts run, ${forked.forced.length} forced\n`)
    expect(forked.proofs).toBeGreaterThan(0)
    expect(forked).toEqual(native)
  }, 240_000)

  it('come out the same of a recording of what a fork asked; of one that lacks it, nothing is proven', async () => {
    const { sandbox, from, to } = history
    const head = { chainId: sandbox.chainId, from, to, chunkBlocks: 5_000 }
    for (const isForked of [true, false]) {
      const file = join(folder, `${isForked}.tape`)
      const tape = openTape(file, head)
      await recordRange(sandbox.rpc, tape, gather(config, head, isForked), () => undefined)
      tape.close()
      const recording = openRecording(file)
      const report = await behindFork(recordedRpc(recording))
      recording.close()
      expect(report.proofs).toBe(isForked ? native.proofs : 0)
      if (isForked) expect(report).toEqual(native)
    }
  }, 240_000)
})
