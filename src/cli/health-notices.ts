import { KeeperError } from '#core/error.ts'
import { createNotifier, type Notifier } from '../alerts/notifier.ts'
import type { Config } from '../config/config.ts'
import { secretsOf } from '../config/redacted.ts'
import { masking } from '../observe/create-log.ts'
import type { Alert } from '../watch/alerts.ts'
import { channelsOf } from './channels-of.ts'
import { healthText } from './watch-text.ts'

/** Below it somebody is woken. */
const pagedLevel = 1.1

/** What a borrower is told of, by the channels of the configuration. */
export type HealthNotices = { readonly fell: (alert: Alert) => void; readonly over: (alert: Alert) => void } & Pick<
  Notifier,
  'close'
>

export const noNotices: HealthNotices = {
  fell: () => undefined,
  over: () => undefined,
  close: async () => undefined,
}

/** `say` is told of what no channel took. @throws `bad-config` where none is configured. */
export function healthNotices(config: Config, say: (text: string) => void): HealthNotices {
  const channels = channelsOf(config)
  if (channels.length === 0)
    throw new KeeperError('bad-config', '--notify needs a channel: write one under alerts, such as slackUrl')
  const notifier = createNotifier({
    ...{ channels, perMinute: config.alerts.perMinute, mask: masking(secretsOf(config)) },
    told: ({ channel, result, why }) => (result === 'sent' ? undefined : say(`${channel}: ${why}\n`)),
  })
  const since = new Map<string, number>()
  const tell = ({ key, level, health }: Alert, endedMs: number | null): void => {
    const startedMs = since.get(key) ?? Date.now()
    since.set(key, startedMs)
    if (endedMs !== null) since.delete(key)
    const [position = key] = key.split(`/${level}/`)
    notifier.tell({
      ...{ name: 'PlimsollHealth', key: `health/${key}`, severity: level <= pagedLevel ? 'page' : 'warning' },
      summary: `health ${healthText(health)} is ${endedMs === null ? 'below' : 'well above'} ${level}`,
      detail: `${position}: plimsoll watch says what restores it`,
      ...{ startedMs, endedMs },
    })
  }
  return { fell: (alert) => tell(alert, null), over: (alert) => tell(alert, Date.now()), close: notifier.close }
}
