import { crashScript } from '../../sandbox/crash.ts'
import type { Range } from '../../src/backtest/history-world.ts'
import type { Config } from '../../src/config/config.ts'
import { bps } from '../../src/core/numbers.ts'
import type { KeeperEvents } from '../../src/engine/events.ts'
import morpho from '../../strategies/morpho-blue/fixture/index.ts'
import { type Live, type Rig, rig } from '../keeper/rig.ts'

export type Twin = {
  readonly world: Rig
  readonly live: Live
  readonly range: Range
  /** As the twin's own, but for what it would pay, and from an executor of its own. */
  readonly rival: (tipShareBps: number) => Config
}

/** A crash in which a keeper like ours takes what pays: whatever it takes, we must have seen as it did. */
export async function twin(isDryRun: boolean, also: Partial<KeeperEvents> = {}): Promise<Twin> {
  const world = await rig({ aave: ['3.6'], protocols: [{ fixture: morpho }], traffic: true })
  const { config } = await world.configure({ dryRun: isDryRun })
  const live = await world.live(config, also)
  const from = (live.keeper.head()?.block.number ?? 0) + 1
  let to = from
  for (const { prices } of crashScript(1).slice(0, 4)) {
    await world.sandbox.movePools(prices)
    for (const [symbol, usd] of Object.entries(prices))
      await world.sandbox.setPrice(symbol as Parameters<Rig['price']>[0], usd)
    await live.block()
    to = await live.block()
  }
  const rival = (tipShareBps: number): Config => ({
    ...config,
    executor: null,
    submission: { ...config.submission, tipShareBps: bps(BigInt(tipShareBps)) },
  })
  return { world, live, range: { from, to }, rival }
}
