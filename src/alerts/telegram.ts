import { headline } from './alert.ts'
import { type Channel, takesAll } from './channel.ts'

/** A bot of Telegram's; `base` is its API, or a server of one's own. Plain text, so that nothing must be escaped. */
export const telegram = (base: string, token: string, chat: string): Channel => ({
  name: 'telegram',
  takes: takesAll,
  requestOf: (alert) => ({
    url: `${base.replace(/\/$/, '')}/bot${token}/sendMessage`,
    body: {
      chat_id: chat,
      text: `${headline(alert)}\n${alert.summary}\n\n${alert.detail}`,
      link_preview_options: { is_disabled: true },
    },
  }),
  waitIn: (body) => {
    const { parameters } = (body ?? {}) as { readonly parameters?: { readonly retry_after?: unknown } }
    return typeof parameters?.retry_after === 'number' ? parameters.retry_after : null
  },
})
