import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { callData } from '#core/call-data.ts'
import type { PositionPlan } from '../../sandbox/borrowers/position.ts'
import { crashScript } from '../../sandbox/crash.ts'
import { answerOf } from '../../sandbox/oracle.ts'
import { backtest } from '../../src/backtest/backtest.ts'
import { backtestParts } from '../../src/cli/backtest-of.ts'
import { toJson } from '../../src/cli/json.ts'
import type { Config } from '../../src/config/config.ts'
import { type Rig, rig } from '../keeper/rig.ts'

/** One much nearer to the line than all others, and one that borrows so much that interest is felt. */
const borrowers: readonly PositionPlan[] = [1.04, 1.09, 1.14, 1.3, 1.5].map((health, at) => ({
  ...{ label: `borrower ${at}`, version: '3.6', emode: 0, health },
  collateral: [at < 4 ? ['WETH', (1_900 * health) / 0.83] : ['WBTC', 30e6]],
  debt: [['USDC', 1]],
}))

let world: Rig
let config: Config
beforeAll(async () => {
  world = await rig({ aave: ['3.6'], borrowers, traffic: true })
  config = (await world.configure({ dryRun: true })).config
}, 120_000)
afterAll(() => world?.end())

const newest = async (): Promise<number> => Number(await world.sandbox.rpc.request('eth_blockNumber', []))
const quiet = (blocks: number): Promise<unknown> =>
  world.sandbox.rpc.request('anvil_mine', [`0x${blocks.toString(16)}`, '0xc'])

/** By the pool's own word, 1 as 10^18. */
async function health(): Promise<bigint> {
  const { rpc, accounts, addresses } = world.sandbox
  const user = accounts.borrowers.find(({ label }) => label === 'borrower 0')?.address ?? '0x'
  const call = { to: addresses.aave['3.6'].pool, data: callData('0xbf92857c', user) }
  return BigInt(`0x${((await rpc.request('eth_call', [call, 'latest'])) as Hex).slice(-64)}`)
}

/** Sets the price at which interest alone brings the nearest borrower below the line in about so many blocks. */
async function nearlyTo(blocks: number): Promise<void> {
  const { sandbox } = world
  const before = await health()
  await quiet(blocks)
  const now = await health()
  const price = await answerOf(sandbox.rpc, sandbox.addresses.tokens.WETH.aggregator)
  await sandbox.setPrice('WETH', (price * (10n ** 18n + before - now)) / now)
  await sandbox.mine()
}

it('says the same whether quiet blocks are judged one by one or by a look ahead', async () => {
  const { sandbox } = world
  await sandbox.mine()
  const from = await newest()
  await quiet(80)
  await nearlyTo(30)
  const nearAt = await newest()
  await quiet(40)
  const crossedBy = await newest()
  for (const { prices } of crashScript(1).slice(0, 2)) {
    for (const [symbol, usd] of Object.entries(prices))
      await sandbox.setPrice(symbol as Parameters<typeof sandbox.setPrice>[0], usd)
    await sandbox.mine()
    await quiet(5)
  }
  const to = await newest()
  const run = async (
    stillSeconds: number,
  ): Promise<{ readonly said: string; readonly asked: number; readonly acts: readonly number[] }> => {
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
    return { said: toJson(report), asked, acts: report.tiers.committed.acts.map(({ block }) => block) }
  }
  const [each, ahead] = [await run(0), await run(600)]
  process.stdout.write(`blocks ${from} to ${to}: indices asked for ${each.asked} and ${ahead.asked} times\n`)
  // By interest alone, in a block that no log told of.
  expect(each.acts.filter((block) => block > nearAt + 1 && block <= crossedBy)).not.toEqual([])
  expect(ahead.said).toBe(each.said)
  expect(ahead.asked).toBeLessThan(0.75 * each.asked)
}, 180_000)
