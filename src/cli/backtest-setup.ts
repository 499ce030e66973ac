import { placedExecutor } from '../../contracts/placed-executor.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import type { BacktestParts, OverridesAt } from '../backtest/backtest.ts'
import type { Setup } from '../backtest/history-keeper.ts'
import { pinnedRpc } from '../backtest/pinned-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import { quantity } from '../chain/view.ts'
import { allChosen, type Config } from '../config/config.ts'
import { composeSettings } from './compose-settings.ts'
import { dataFeeSourceOf, dataFeesOf } from './data-fees.ts'
import { modulesOf } from './modules-of.ts'
import { latestView } from './preflight.ts'

/** A keeper in history, as a configuration describes it. */
export const backtestSetup = (config: Config): Setup => ({
  settings: composeSettings(config),
  limits: config.guards,
  modules: () => modulesOf(config),
  dataFees: dataFeeSourceOf,
})

/** Acts are proven on this node; where no executor stands yet, one is laid over that has what the configuration needs. */
export const backtestProving = (config: Config, rpc: Rpc): NonNullable<BacktestParts['proving']> => ({
  rpc,
  overridesAt: overridesAt(config, rpc),
})

const overridesAt =
  (config: Config, rpc: Rpc): OverridesAt =>
  async (at, operator, block) => {
    const then = pinnedRpc(rpc, () => block)
    return placedExecutor({
      ...{ rpc, at, operator, block: quantity(block), wrappedNative: config.chain.wrappedNative },
      registry: await registryFor(await latestView(then), allChosen(config)),
      dataFees: await dataFeesOf(then),
    })
  }
