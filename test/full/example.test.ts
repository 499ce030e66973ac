import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Report } from '../../src/backtest/report.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { backtestOf } from '../../src/cli/backtest-of.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { recordedRpc } from '../../src/recording/recorded-rpc.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { command } from '../cli/command.ts'
import { build, type Example } from '../example/build.ts'
import { play } from '../example/play.ts'

/** A node that gives no transaction as it was signed: nothing is seen on its way. */
const unseen = (rpc: Rpc): Rpc => ({
  ...rpc,
  batch: async (asks) => {
    const answers = await rpc.batch(asks)
    return asks.map(({ method }, at) => (method === 'eth_getRawTransactionByHash' ? null : answers[at]))
  },
})

/** A row shows what hints made of it where nothing else was planned: that is no part of the tier. */
const inCommitted = ({ tiers: { committed } }: Report) => ({
  ...committed,
  liquidations: committed.liquidations.map(({ ours: _ours, said: _said, ...row }) => row),
})

const example = JSON.parse(readFileSync(new URL('../example/example.json', import.meta.url), 'utf8')) as Example

it('the example comes out as written down: hash, capture rate, profit and misses; each proven act gains what was foreseen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-example-'))
  try {
    const built = await build(example, (text) => void process.stderr.write(text))
    expect(built.digest).toBe(example.digest)
    const figures = await play(built, join(folder, 'report.html'))
    expect(figures).toEqual(example.figures)
    expect(figures.exact).toBe(figures.proven)
    expect(figures.rivals).toBe(3)
    const reasons = new Set([...Object.keys(figures.misses), ...Object.keys(figures.hinted.misses)])
    // The others are of a faulty keeper or node, or of a live run alone: docs/backtesting.md says where they are seen.
    expect([...reasons].sort()).toEqual([
      ...['guard-open', 'judged-closed', 'judged-unprofitable', 'liquidity-spent', 'market-untracked', 'no-way'],
      ...['not-sent', 'outbid', 'position-unknown', 'seen-late'],
    ])
    expect(figures.there - figures.captured).toBeGreaterThan(0.3 * figures.there)
    expect(figures.forced).toEqual({ asked: 20, paid: 0 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 600_000)

it('what blocks show comes out the same, whether or not anything was seen on its way', async () => {
  const { tape, config: file } = await build(example, (text) => void process.stderr.write(text))
  const text = readFileSync(file, 'utf8')
  const config = loadConfig({ file: null, text, env: {}, flags: {}, registry: await discover() })
  const recording = openRecording(tape)
  const { from, to } = recording.head
  const over = (rpc: Rpc): Promise<Report> => backtestOf(config, { rpc, range: { from, to }, lanes: 4 })
  const [told, untold] = [await over(recordedRpc(recording)), await over(unseen(recordedRpc(recording)))]
  recording.close()
  expect(untold.tiers.hinted.acts.length).toBeLessThan(told.tiers.hinted.acts.length)
  expect(inCommitted(untold)).toEqual(inCommitted(told))
}, 300_000)

it('stress prints the fall of the example’s book and draws it, offline', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-example-'))
  try {
    const { tape, config } = await build(example, (text) => void process.stderr.write(text))
    const plot = join(folder, 'cascade.svg')
    const args = ['stress', '--config', config, '--recording', tape, '--shock', 'ETH=-30%', '--svg', plot]
    const ended = await command(args)
    expect([ended.code, ended.said.includes('step 6 of 6')]).toEqual([0, true])
    expect(ended.out).toMatch(/ETH -30.0 %, over \d+ positions at block \d+[\s\S]*below the line[\s\S]*100.0 %/)
    expect(readFileSync(plot, 'utf8')).toMatch(/^<svg[\s\S]*bad debt/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 300_000)
