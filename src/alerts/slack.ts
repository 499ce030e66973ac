import { headline } from './alert.ts'
import { type Channel, takesAll } from './channel.ts'

/** An incoming webhook of Slack, or of what understands its form (Mattermost, Rocket.Chat). */
export const slack = (url: string): Channel => ({
  name: 'slack',
  takes: takesAll,
  requestOf: (alert) => {
    const title = `${headline(alert)}: ${alert.summary}`
    const text = `*${escaped(title)}*\n${escaped(alert.detail)}`
    return { url, body: { text: escaped(title), blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] } }
  },
})

/** Slack's three: everything else is text. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
