import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Rec, toText } from '#core/plain.ts'
import { historyKeeper } from '../../src/backtest/history-keeper.ts'
import { memoryStore } from '../../src/backtest/memory-store.ts'
import { backtestSetup } from '../../src/cli/backtest-of.ts'
import { proberFor } from '../../src/cli/prober-for.ts'
import { type Twin, twin } from './twin.ts'

describe('a keeper in history', () => {
  let them: Twin
  beforeAll(async () => {
    them = await twin(true)
  }, 120_000)
  afterAll(() => them?.world.end())

  it('says of the same blocks what a live keeper said', async () => {
    const { live, range, world } = them
    const store = memoryStore()
    const faults: Error[] = []
    const keeper = await historyKeeper({
      ...{ rpc: world.sandbox.rpc, range, setup: backtestSetup(live.config), store },
      prober: proberFor(live.config.executor?.address ?? null),
      events: { fault: (error) => faults.push(error) },
    })
    const began = performance.now()
    await keeper.start()
    const started = performance.now()
    await keeper.run()
    const tookMs = [started - began, performance.now() - started].map(Math.round)
    process.stdout.write(`start ${tookMs[0]} ms, then ${range.to - range.from + 1} blocks in ${tookMs[1]} ms\n`)
    const said: Rec[] = []
    for await (const record of store.read('verdict', 0)) said.push(record)
    const told = live.journal.select({ streams: ['verdict'] }).map(({ record }) => record)
    expect(faults).toEqual([])
    expect(told.filter((one) => one.do === 'act').length).toBeGreaterThan(10)
    expect(said.map(toText)).toEqual(told.map(toText))
  }, 120_000)
})
