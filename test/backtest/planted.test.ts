import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateHistory } from '../../sandbox/history/generate-history.ts'
import type { History } from '../../sandbox/history/history.ts'
import { merged } from '../../src/backtest/backtest.ts'
import type { ChunkOutput } from '../../src/backtest/chunk-output.ts'
import type { Report } from '../../src/backtest/report.ts'
import { runChunk } from '../../src/backtest/run-chunk.ts'
import type { RawLog } from '../../src/chain/log.ts'
import type { Ask, Rpc } from '../../src/chain/rpc.ts'
import { type BacktestOptions, backtestParts } from '../../src/cli/backtest-of.ts'
import { decideSettings } from '../../src/cli/decide-settings.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { checkSimulates } from '../../src/cli/forked.ts'
import { loadMirror } from '../../src/cli/load-mirror.ts'
import { readTokens } from '../../src/cli/read-tokens.ts'
import type { Config } from '../../src/config/config.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { tokensIn } from '../../src/engine/tokens-in.ts'
import { recordRange } from '../../src/recording/record-range.ts'
import { openTape } from '../../src/recording/recording.ts'
import { nextBlock } from '../../src/scene/next-block.ts'
import type { StressReport } from '../../src/stress/report.ts'
import { stress } from '../../src/stress/stress.ts'
import { command } from '../cli/command.ts'
import { withoutSimulation } from './without-simulation.ts'

const seed = 1
const scenario = { depegs: [], steps: 1, recovery: 0, deviation: 0 }
/** AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt) */
const answerUpdated = '0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f'

describe(`a backtest of a history with rivals, seed ${seed}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-backtest-'))
  const file = join(folder, 'history.tape')
  let history: History
  let config: Config
  let text: string
  let chunk: ChunkOutput
  let report: Report
  const options = (rpc = history.sandbox.rpc): BacktestOptions => ({
    ...{ rpc, range: { from: history.from, to: history.to }, lanes: 4 },
  })
  beforeAll(async () => {
    history = await generateHistory({ seed, days: 2, blocks: 60, borrowers: 30 })
    const { sandbox, protocols } = history
    text = sandboxConfig(sandbox, { executor: null, journalPath: 'none.sqlite', dryRun: true, protocols })
    config = loadConfig({ file: null, text, env: sandboxEnv(sandbox), flags: {}, registry: await discover() })
    const tape = openTape(file, {
      ...{ chainId: sandbox.chainId, from: history.from, to: history.to, chunkBlocks: 5_000 },
    })
    const pass = async (rpc: Rpc): Promise<void> => {
      const parts = backtestParts(config, options(rpc))
      chunk = await runChunk(parts)
      report = await merged(parts, [chunk])
    }
    await recordRange(sandbox.rpc, tape, pass, () => undefined)
    tape.close()
  }, 240_000)
  afterAll(async () => {
    await history?.sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('finds every liquidation there was, in markets that are not followed too', () => {
    const { liquidations, there, captured, misses } = report.tiers.committed
    process.stdout.write(`${captured} of ${there} captured, missed ${JSON.stringify(misses)}\n`)
    expect(liquidations.map(({ transactionHash }) => transactionHash)).toEqual(history.taken.map(({ hash }) => hash))
    const untracked = liquidations.filter(({ why }) => why === 'market-untracked').length
    expect(untracked).toBe(history.taken.filter(({ tracked }) => !tracked).length)
    expect(report.faults).toEqual([])
  })

  it('tells what each rival paid for its place, to the wei', () => {
    for (const { transactionHash, winner } of report.tiers.committed.liquidations) {
      const { tip, gasUsed } = history.taken.find(({ hash }) => hash === transactionHash) ?? { tip: 0n, gasUsed: 0n }
      expect([winner.bid, winner.isBidWhole]).toEqual([String(tip * gasUsed), true])
    }
  })

  it('lets an act win only where the chain bears it out and nobody bid more', () => {
    const { acts, captured, there } = report.tiers.committed
    const won = acts.filter(({ fate }) => fate === 'won')
    expect(won.length).toBeGreaterThan(0)
    expect(captured).toBeLessThan(there)
    for (const { proof, rival, plan } of won) {
      expect(proof?.status, plan.id).toBe('included')
      const winner = report.tiers.committed.liquidations.find((one) => one.transactionHash === rival)?.winner
      if (winner !== undefined && proof?.status === 'included')
        expect(BigInt(proof.bid)).toBeGreaterThan(BigInt(winner.bid))
    }
  })

  it('leaves as unprofitable what loses where it is forced', () => {
    const { forced } = report
    const lost = forced.filter(({ outcome }) => outcome === 'lost')
    process.stdout.write(`lost ${lost.map(({ net }) => net)}; in all ${forced.map(({ outcome }) => outcome)}\n`)
    expect(forced.length).toBe(20)
    for (const { net } of lost) expect(BigInt(net ?? 1)).toBeLessThan(0n)
    for (const { outcome } of forced) expect(['lost', 'short']).toContain(outcome)
  })

  it('comes out the same from its recording by the verb, where nothing else is asked', async () => {
    const written = join(folder, 'plimsoll.yaml')
    writeFileSync(written, text)
    const page = join(folder, 'report.md')
    const args = ['backtest', '--config', written, '--recording', file, '--lanes', '4', '--json', '--markdown', page]
    const ended = await command(args, sandboxEnv(history.sandbox))
    expect([ended.code, ended.said.includes('proofs')]).toEqual([0, true])
    const { sweep, ...told } = JSON.parse(ended.out) as Report & { readonly sweep: null }
    expect([told, sweep]).toEqual([report, null])
    const { committed } = report.tiers
    expect(readFileSync(page, 'utf8')).toContain(`${committed.captured} of ${committed.there}`)
  }, 120_000)

  it('holds the book of each block: stressed behind one, it falls as the chain’s own does', async () => {
    writeFileSync(join(folder, 'plimsoll.yaml'), text)
    const behind = history.from + 50
    const { mirror, head, view } = await loadMirror(history.sandbox.rpc, config, () => undefined, { number: behind })
    const settings = decideSettings(config)
    const tokens = await readTokens(view, tokensIn(mirror, settings.wrapped))
    const ground = { mirror, block: nextBlock(head, 12), settings, tokens }
    const [own] = stress(ground, { ...scenario, shocks: [{ name: 'ETH', share: -0.2 }] }).steps
    const args = ['stress', '--config', join(folder, 'plimsoll.yaml'), '--recording', file, '--shock', 'ETH=-20%']
    const more = ['--steps', '1', '--recovery', '0', '--deviation', '0', '--json']
    const ended = await command([...args, '--block', `${behind}`, ...more], sandboxEnv(history.sandbox))
    expect(ended.code).toBe(0)
    const told = JSON.parse(ended.out) as StressReport
    expect([told.block, told.steps[0]?.liquidatable]).toEqual([behind + 1, own?.liquidatable])
    expect(told.steps[0]?.liquidatableUsd).toBeCloseTo(own?.liquidatableUsd ?? -1, 6)
    expect(told.steps[0]?.liquidatedUsd).toBeCloseTo(own?.liquidatedUsd ?? -1, 6)
    const wrong = await command([...args, '--block', '1'], sandboxEnv(history.sandbox))
    expect(wrong.said).toContain('has blocks')
  }, 120_000)

  it('says what is wrong with what it was asked', async () => {
    const say = async (...args: readonly string[]): Promise<string> =>
      (await command(['backtest', '--config', join(folder, 'plimsoll.yaml'), ...args], sandboxEnv(history.sandbox)))
        .said
    expect(await say()).toContain('--from and --to')
    expect(await say('--recording', file, '--rpc', 'http://localhost:1')).toContain('not both')
    expect(await say('--recording', file, '--from', '900', '--to', '800')).toContain('not before it')
    expect(await say('--recording', file, '--sweep', 'submission.tipShareBp=1,2')).toContain('submission.tipShareBps')
    expect(await say('--recording', file, '--sweep', 'submission.tipShareBps=1')).toContain('two values')
    expect(await say('--recording', file, '--from', '2')).toContain('not recorded')
  })

  it('believes no price of the block to come: what it makes of it, the chain refutes', async () => {
    const parts = backtestParts(config, options(await forged(history)))
    // Asked of the chain itself: only what is told is forged.
    const { proving } = backtestParts(config, options())
    const early = await runChunk(parts)
    const told = await merged({ ...parts, proving }, [early])
    const { acts } = told.tiers.committed
    const blocks = (fate: string): readonly number[] =>
      acts.filter((one) => one.fate === fate).map(({ block }) => block)
    process.stdout.write(`forged: won ${blocks('won')}, refuted ${blocks('refuted')}\n`)
    expect(blocks('refuted').length).toBeGreaterThan(0)
    for (const { fate, proof } of acts) if (fate === 'won') expect(proof?.status).toBe('included')
  }, 120_000)

  it('says what to do where the node does not simulate', async () => {
    const { rpc } = history.sandbox
    await checkSimulates(rpc)
    await expect(checkSimulates(withoutSimulation(rpc))).rejects.toThrow(/--anvil.*--no-proofs/)
  })

  it('says that it overlooked, or held back, what an update that it was never told of brings below the line', async () => {
    const isUpdate = (log: RawLog): boolean =>
      log.topics[0] === answerUpdated && Number(log.blockNumber) >= history.from
    const deaf = backtestParts(config, options(logsThrough(history.sandbox.rpc, (log) => (isUpdate(log) ? [] : [log]))))
    const told = await merged({ ...deaf, proving: null }, [await runChunk({ ...deaf, proving: null })])
    process.stdout.write(`deaf: missed ${JSON.stringify(told.tiers.committed.misses)}\n`)
    for (const why of ['overlooked', 'held-back'] as const) {
      expect(report.tiers.committed.misses[why]).toBe(undefined)
      expect(told.tiers.committed.misses[why]?.count).toBeGreaterThan(0)
    }
  }, 120_000)

  it('believes no act that the registry of the block does not allow', async () => {
    const parts = backtestParts(config, options())
    const proving = parts.proving
    if (proving === null) throw new Error('nothing would be proven')
    const stale: typeof proving = {
      ...proving,
      overridesAt: async (at, operator, block) => {
        const all = (await proving.overridesAt(at, operator, block)) as Record<string, { stateDiff?: object }>
        // Its operator alone is left of what was registered.
        const [mayOperate] = Object.entries(all[at]?.stateDiff ?? {})
        return { ...all, [at]: { ...all[at], stateDiff: Object.fromEntries(mayOperate ? [mayOperate] : []) } }
      },
    }
    const { acts } = (await merged({ ...parts, proving: stale }, [chunk])).tiers.committed
    const whys = acts.flatMap(({ proof }) => (proof?.status === 'reverted' ? [proof.why.split('(')[0]] : []))
    expect(acts.filter(({ fate }) => fate === 'won')).toEqual([])
    expect([...new Set(whys)]).toEqual(['NotRegistered'])
  }, 120_000)
})

/** A node that shows each oracle update in the block before its own. */
async function forged({ sandbox: { rpc }, to }: History): Promise<Rpc> {
  const hashes = new Map<number, string>()
  for (let number = 0; number <= to; number += 1) {
    const block = (await rpc.request('eth_getBlockByNumber', [`0x${number.toString(16)}`, false])) as { hash: string }
    hashes.set(number, block.hash)
  }
  const early = (log: RawLog): RawLog => {
    if (log.topics[0] !== answerUpdated) return log
    const number = Number(log.blockNumber) - 1
    return {
      ...log,
      ...{ blockNumber: `0x${number.toString(16)}`, blockHash: hashes.get(number) ?? '0x' },
      logIndex: `0x${(Number(log.logIndex) + 10_000).toString(16)}`,
    }
  }
  return logsThrough(rpc, (log) => [early(log)])
}

/** A node whose logs are told as `through` has them. */
function logsThrough(rpc: Rpc, through: (log: RawLog) => readonly RawLog[]): Rpc {
  const answer = (ask: Ask, given: unknown): unknown =>
    ask.method === 'eth_getLogs' && Array.isArray(given) ? given.flatMap(through) : given
  return {
    ...rpc,
    request: async (method, params) => answer({ method, params }, await rpc.request(method, params)),
    batch: async (asks) => (await rpc.batch(asks)).map((given, at) => answer(asks[at] as Ask, given)),
  }
}
