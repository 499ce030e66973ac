import { openRpc } from '../../src/chain/open-rpc.ts'
import { type CrewSettings, joinCrew, withCrew } from '../../src/cli/backtest-crew.ts'
import { type BacktestOptions, backtestOf } from '../../src/cli/backtest-of.ts'
import { toJson } from '../../src/cli/json.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'

/** A coordinator or a worker of a backtest, as the verb would begin it. */
export type CrewStart = {
  readonly settings: Omit<CrewSettings, 'config'>
  readonly url: string
  readonly options: Omit<BacktestOptions, 'rpc' | 'hands'>
}

async function begin({ role, settings, url, options }: CrewStart & { readonly role: string }): Promise<void> {
  const config = loadConfig({ ...settings.sources, registry: await discover() })
  const whole = { ...settings, config }
  if (role === 'worker') return joinCrew(whole, new AbortController().signal, () => undefined)
  const rpc = openRpc(url)
  const progress = (what: string, done: number, total: number): void =>
    void process.send?.({ progress: `${what} ${done} of ${total}` })
  const report = await withCrew(whole, { rpc, last: options.range.to, progress }, (hands) =>
    backtestOf(config, { ...options, rpc, hands }),
  )
  process.send?.({ result: toJson(report) })
}

process.on('disconnect', () => process.exit(0))
process.once('message', (message) => {
  begin(message as CrewStart & { role: string }).catch((error: unknown) => process.send?.({ failure: String(error) }))
})
