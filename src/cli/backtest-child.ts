import module from 'node:module'
import { ownHands } from '../backtest/own-hands.ts'
import { performer } from '../backtest/task.ts'
import { discover } from '../config/discover.ts'
import { type ConfigSources, loadConfig } from '../config/load-config.ts'
import { serve } from '../jobs/serve.ts'
import { backtestProving, backtestSetup } from './backtest-of.ts'
import { type HistorySource, openHistory } from './backtest-source.ts'

/** What a child of a crew is begun with. */
export type ChildStart = { readonly sources: Omit<ConfigSources, 'registry'>; readonly history: HistorySource }

module.enableCompileCache()
serve(async (start) => {
  const { sources, history } = start as ChildStart
  const config = loadConfig({ ...sources, registry: await discover() })
  const rpc = await openHistory(history, config.chain.id)
  return performer(ownHands({ rpc, setup: backtestSetup(config), proving: backtestProving(config, rpc) }), rpc)
})
