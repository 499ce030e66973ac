import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import type { Alert } from '../alerts/alert.ts'
import { createNotifier } from '../alerts/notifier.ts'
import { secretsOf } from '../config/redacted.ts'
import { masking } from '../observe/create-log.ts'
import { channelsOf } from './channels-of.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-code.ts'
import { toJson } from './json.ts'
import { table } from './table.ts'

const help = `
Tells people what a keeper cannot mend: that it is blind, that a guard stands, that a lane runs out of ether, a loss. Write
channels under alerts in the configuration; docs/alerts.md has each. Where Prometheus and Alertmanager run, leave them
out: ops/ has the same alerts for these.

\`plimsoll alerts test\` sends one message by every channel, and the end of it, and says what came of them. Ends with 4
where one was not taken.

Examples:
  plimsoll alerts test
  plimsoll alerts test --json`

/** `plimsoll alerts test` */
export function addAlerts(program: Command, context: Context, end: (code: number) => void): void {
  const command = program
    .command('alerts')
    .argument('<action>', 'test')
    .description('send a test message by every channel that is configured')
    .option('--json', 'one JSON list of {channel, event, result, why}')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (action: string, options: { readonly json?: boolean }) => {
      if (action !== 'test') throw new KeeperError('bad-argument', `there is no action ${action}: write test`)
      const { config } = await loadFrom(options as Record<string, unknown>, context)
      const channels = channelsOf(config)
      if (channels.length === 0)
        throw new KeeperError('bad-config', 'no channel is configured: write one under alerts, such as slackUrl')
      const rows: { channel: string; result: string; why: string }[] = []
      const mask = masking(secretsOf(config))
      const notifier = createNotifier({ channels, perMinute: 600, triesMost: 2, mask, told: (what) => rows.push(what) })
      const startedMs = Date.now()
      notifier.tell(trial(startedMs, null))
      notifier.tell(trial(startedMs, startedMs))
      const stop = (): void => void notifier.close(0)
      context.stop.addEventListener('abort', stop, { once: true })
      await notifier.idle()
      context.stop.removeEventListener('abort', stop)
      const said = rows.map(({ channel, result, why }) => [channel, result, why])
      if (options.json === true) context.out(`${toJson(rows, 2)}\n`)
      else context.out(`${table(['channel', 'result', 'why'], said, [], 70)}\n`)
      if (rows.some(({ result }) => result !== 'sent')) end(exitCodes.notReady)
    })
}

/** Of severity page, so that every channel takes it. */
const trial = (startedMs: number, endedMs: number | null): Alert => ({
  name: 'PlimsollTest',
  key: `test/${startedMs}`,
  severity: 'page',
  summary: 'this is a test',
  detail: 'Somebody ran plimsoll alerts test. Nothing is wrong.',
  ...{ startedMs, endedMs },
})
