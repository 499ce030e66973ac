import { z } from 'zod'
import { decimal, httpUrl, text, textOrNumber, whole } from './readers.ts'
import { optionalSetting, setting } from './setting.ts'

const channel = (doc: string, form: string) => optionalSetting({ doc, form, read: text, secret: true })
const url = (doc: string) => optionalSetting({ doc, form: 'an http or https URL', read: httpUrl, secret: true })

/** Ways to tell somebody, for operators without Alertmanager: each is used where it is configured. */
export const alertSettings = z
  .strictObject({
    slackUrl: url('A Slack incoming webhook; what holds sending back and what is lost is told there.'),
    discordUrl: url('A webhook of a Discord channel.'),
    telegramToken: channel('The token of a Telegram bot.', 'the token that BotFather gave'),
    telegramChat: optionalSetting({
      doc: 'The chat that bot writes to.',
      form: 'the id of a chat',
      read: textOrNumber,
    }),
    telegramUrl: setting({
      doc: 'Where the bot API answers; a server of your own, perhaps.',
      form: 'an http or https URL',
      read: httpUrl,
      preset: 'https://api.telegram.org',
    }),
    pagerdutyKey: channel('An integration key of PagerDuty’s Events API v2: what cannot wait.', 'the integration key'),
    pagerdutyUrl: setting({
      doc: 'Where PagerDuty takes events; accounts in the EU have another.',
      form: 'an http or https URL',
      read: httpUrl,
      preset: 'https://events.pagerduty.com/v2/enqueue',
    }),
    webhookUrl: url('Any receiver of Alertmanager’s webhooks, in their form.'),
    perMinute: setting({
      doc: 'Messages a channel is given within a minute, at most; the others wait.',
      form: 'a number from 1 to 600',
      read: whole(1, 600),
      preset: '20',
    }),
    repeatHours: setting({
      doc: 'Hours after which what still holds is told again.',
      form: 'hours from 0.1 to 720',
      read: decimal(0.1, 720),
      preset: '4',
    }),
  })
  .prefault({} as never)
