import { afterAll, beforeAll, expect, it } from 'vitest'
import { crashScript } from '../../sandbox/crash.ts'
import { backtest } from '../../src/backtest/backtest.ts'
import { backtestParts } from '../../src/cli/backtest-of.ts'
import { toJson } from '../../src/cli/json.ts'
import type { Config } from '../../src/config/config.ts'
import morpho from '../../strategies/morpho-blue/fixture/index.ts'
import { type Rig, rig } from '../keeper/rig.ts'

let world: Rig
let config: Config
beforeAll(async () => {
  world = await rig({ aave: ['3.6'], protocols: [{ fixture: morpho }], traffic: true })
  config = (await world.configure({ dryRun: true })).config
}, 120_000)
afterAll(() => world?.end())

it('says the same whether quiet blocks are judged one by one or by a look ahead', async () => {
  const { sandbox } = world
  const newest = async (): Promise<number> => Number(await sandbox.rpc.request('eth_blockNumber', []))
  const quiet = (blocks: number) => sandbox.rpc.request('anvil_mine', [`0x${blocks.toString(16)}`, '0xc'])
  const from = (await newest()) + 1
  await quiet(70)
  for (const { prices } of crashScript(1).slice(0, 2)) {
    for (const [symbol, usd] of Object.entries(prices))
      await sandbox.setPrice(symbol as Parameters<typeof sandbox.setPrice>[0], usd)
    await sandbox.mine()
    await quiet(5)
  }
  const to = await newest()
  const run = async (
    stillSeconds: number,
  ): Promise<{ readonly said: string; readonly asked: number; readonly acts: number }> => {
    const parts = backtestParts(config, { rpc: sandbox.rpc, range: { from, to }, isProven: false })
    let asked = 0
    const modules = (): ReturnType<typeof parts.setup.modules> => {
      const all = parts.setup.modules()
      const counted = all.strategies.map((one) => ({
        ...one,
        module: {
          ...one.module,
          indices: (...given: Parameters<typeof one.module.indices>) => {
            asked += 1
            return one.module.indices(...given)
          },
        },
      }))
      return { ...all, strategies: counted }
    }
    const setup = { ...parts.setup, modules, settings: { ...parts.setup.settings, stillSeconds } }
    const report = await backtest({ ...parts, setup })
    return { said: toJson(report), asked, acts: report.tiers.committed.acts.length }
  }
  const [each, ahead] = [await run(0), await run(600)]
  process.stdout.write(`blocks ${from} to ${to}: indices asked for ${each.asked} and ${ahead.asked} times\n`)
  expect(each.acts).toBeGreaterThan(0)
  expect(ahead.said).toBe(each.said)
  expect(ahead.asked).toBeLessThan(0.75 * each.asked)
}, 180_000)
