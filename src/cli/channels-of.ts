import { hostname } from 'node:os'
import type { Channel } from '../alerts/channel.ts'
import { discord } from '../alerts/discord.ts'
import { pagerduty } from '../alerts/pagerduty.ts'
import { slack } from '../alerts/slack.ts'
import { telegram } from '../alerts/telegram.ts'
import { webhook } from '../alerts/webhook.ts'
import type { Config } from '../config/config.ts'

/** Every channel the configuration has what it needs for. */
export function channelsOf({ alerts, chain }: Config): readonly Channel[] {
  const source = `${hostname()}/${chain.id}`
  const { slackUrl, discordUrl, telegramToken, telegramChat, telegramUrl } = alerts
  const { pagerdutyKey, pagerdutyUrl, webhookUrl } = alerts
  return [
    ...(slackUrl === null ? [] : [slack(slackUrl)]),
    ...(discordUrl === null ? [] : [discord(discordUrl)]),
    ...(telegramToken === null || telegramChat === null ? [] : [telegram(telegramUrl, telegramToken, telegramChat)]),
    ...(pagerdutyKey === null ? [] : [pagerduty(pagerdutyUrl, pagerdutyKey, source)]),
    ...(webhookUrl === null ? [] : [webhook(webhookUrl, source)]),
  ]
}
