import { placedExecutor } from '../../contracts/placed-executor.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import { type BacktestParts, backtest, chunkBlocksUsual, poolRestBlocksUsual } from '../backtest/backtest.ts'
import type { Setup } from '../backtest/history-keeper.ts'
import { pinnedRpc } from '../backtest/pinned-rpc.ts'
import type { Proving } from '../backtest/proving.ts'
import type { Report } from '../backtest/report.ts'
import type { Rpc } from '../chain/rpc.ts'
import { quantity } from '../chain/view.ts'
import { allChosen, type Config } from '../config/config.ts'
import { composeSettings } from './compose-settings.ts'
import { dataFeeSourceOf, dataFeesOf } from './data-fees.ts'
import { modulesOf } from './modules-of.ts'
import { latestView } from './preflight.ts'
import { tokensAt } from './tokens-at.ts'

export type BacktestOptions = Pick<BacktestParts, 'rpc' | 'range' | 'progress'> &
  Partial<Pick<BacktestParts, 'hands'>> &
  Partial<Pick<BacktestParts, 'chunkBlocks' | 'lanes' | 'poolRestBlocks'>> & {
    /** Acts are run on the chain's own state, by the same node; they are if nothing is said. */
    readonly isProven?: boolean
  }

/** A backtest as a configuration describes its keeper: what the verb does, for scripts. */
export const backtestOf = (config: Config, options: BacktestOptions): Promise<Report> =>
  backtest(backtestParts(config, options))

export function backtestParts(config: Config, { isProven = true, ...options }: BacktestOptions): BacktestParts {
  return {
    ...{ chunkBlocks: chunkBlocksUsual, poolRestBlocks: poolRestBlocksUsual },
    lanes: Math.max(1, config.keys.operators.length),
    ...options,
    setup: backtestSetup(config),
    tokens: (of) => tokensAt(options.rpc, options.range.to, of),
    proving: isProven ? backtestProving(config, options.rpc) : null,
  }
}

/** A keeper in history, as a configuration describes it. */
export const backtestSetup = (config: Config): Setup => ({
  settings: composeSettings(config),
  limits: config.guards,
  modules: () => modulesOf(config),
  dataFees: dataFeeSourceOf,
})

/** Where no executor stands yet, one is laid over the chain that has what the configuration needs, as of that block. */
export const backtestProving = (config: Config, rpc: Rpc): Proving => ({
  rpc,
  overridesAt: async (at, operator, block) => {
    const then = pinnedRpc(rpc, () => block)
    return placedExecutor({
      ...{ rpc, at, operator, block: quantity(block), wrappedNative: config.chain.wrappedNative },
      registry: await registryFor(await latestView(then), allChosen(config)),
      dataFees: await dataFeesOf(then),
    })
  },
})
