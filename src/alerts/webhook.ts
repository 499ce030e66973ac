import { createHash } from 'node:crypto'
import { type Channel, takesAll } from './channel.ts'

/** Any receiver of Alertmanager's webhooks, in its form, version 4: bridges to other services take it as it is. */
export const webhook = (url: string, source: string): Channel => ({
  name: 'webhook',
  takes: takesAll,
  requestOf: ({ name, key, severity, summary, detail, startedMs, endedMs }) => {
    const status = endedMs === null ? 'firing' : 'resolved'
    const labels = { alertname: name, severity, instance: source, key }
    const annotations = { summary, description: detail, runbook_url: `docs/runbook.md#${name.toLowerCase()}` }
    const alert = {
      ...{ status, labels, annotations, generatorURL: '' },
      startsAt: new Date(startedMs).toISOString(),
      endsAt: endedMs === null ? '0001-01-01T00:00:00Z' : new Date(endedMs).toISOString(),
      fingerprint: createHash('sha256').update(`${source}/${key}`).digest('hex').slice(0, 16),
    }
    const groupKey = `{}:{alertname="${name}"}`
    const common = { groupLabels: { alertname: name }, commonLabels: labels, commonAnnotations: annotations }
    const head = { version: '4', groupKey, truncatedAlerts: 0, status, receiver: 'plimsoll', externalURL: '' }
    return { url, body: { ...head, ...common, alerts: [alert] } }
  },
})
