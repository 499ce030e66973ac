import { headline } from './alert.ts'
import { type Channel, takesAll } from './channel.ts'

const colours = { resolved: 0x2e7d32, page: 0xc62828, warning: 0xf9a825 }

/** A webhook of a Discord channel. Nobody is mentioned, whatever a text has. */
export const discord = (url: string): Channel => ({
  name: 'discord',
  takes: takesAll,
  requestOf: (alert) => ({
    url,
    body: {
      content: headline(alert),
      embeds: [
        {
          title: alert.summary.slice(0, 256),
          description: alert.detail,
          color: alert.endedMs === null ? colours[alert.severity] : colours.resolved,
          timestamp: new Date(alert.endedMs ?? alert.startedMs).toISOString(),
        },
      ],
      allowed_mentions: { parse: [] },
    },
  }),
  waitIn: (body) => secondsOf((body as { readonly retry_after?: unknown } | null)?.retry_after),
})

const secondsOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
