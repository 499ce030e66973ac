import type { Setup } from '../backtest/history-keeper.ts'
import type { Config } from '../config/config.ts'
import { composeSettings } from './compose-settings.ts'
import { dataFeeSourceOf } from './data-fees.ts'
import { modulesOf } from './modules-of.ts'

/** A keeper in history, as a configuration describes it. */
export const backtestSetup = (config: Config): Setup => ({
  settings: composeSettings(config),
  limits: config.guards,
  modules: () => modulesOf(config),
  dataFees: dataFeeSourceOf,
})
