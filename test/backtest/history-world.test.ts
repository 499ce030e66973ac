import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Rec } from '#core/plain.ts'
import { toText } from '#core/plain.ts'
import { crashScript } from '../../sandbox/crash.ts'
import { historyKeeper } from '../../src/backtest/history-keeper.ts'
import { memoryStore } from '../../src/backtest/memory-store.ts'
import { backtestSetup } from '../../src/cli/backtest-setup.ts'
import type { Config } from '../../src/config/config.ts'
import morpho from '../../strategies/morpho-blue/fixture/index.ts'
import { type Live, type Rig, rig } from '../keeper/rig.ts'

/** The node's own answers, which differ in nothing that a verdict may see. */
const verdicts = (records: readonly Rec[]): readonly string[] => records.map((record) => toText(record))

describe('a keeper in history', () => {
  let world: Rig
  let live: Live
  let config: Config
  let from = 0
  let to = 0
  beforeAll(async () => {
    world = await rig({ aave: ['3.6'], protocols: [{ fixture: morpho }] })
    config = (await world.configure({ dryRun: true })).config
    live = await world.live(config)
    from = (live.keeper.head()?.block.number ?? 0) + 1
    for (const { prices } of crashScript(1)) {
      await world.sandbox.movePools(prices)
      for (const [symbol, usd] of Object.entries(prices))
        await world.sandbox.setPrice(symbol as Parameters<typeof world.price>[0], usd)
      await live.block()
      to = await live.block()
    }
  }, 120_000)
  afterAll(() => world?.end())

  it('says of the same blocks what a live keeper said', async () => {
    const store = memoryStore()
    const faults: Error[] = []
    const keeper = await historyKeeper({
      ...{ rpc: world.sandbox.rpc, range: { from, to }, setup: backtestSetup(config), store },
      events: { fault: (error) => faults.push(error) },
    })
    const began = performance.now()
    await keeper.start()
    const started = performance.now()
    await keeper.run()
    process.stdout.write(
      `${to - from + 1} blocks: start ${Math.round(started - began)} ms, then ${Math.round(performance.now() - started)} ms\n`,
    )
    const said: Rec[] = []
    for await (const record of store.read('verdict', 0)) said.push(record)
    const told = live.journal.select({ streams: ['verdict'] }).map(({ record }) => record)
    expect(faults).toEqual([])
    expect(told.filter((one) => one.do === 'act').length).toBeGreaterThan(10)
    expect(verdicts(said)).toEqual(verdicts(told))
  }, 120_000)
})
