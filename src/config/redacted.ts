import { checksummed } from '#core/address.ts'
import { valueAt } from './changes.ts'
import type { Config } from './config.ts'
import { fields } from './fields.ts'

/** The configuration for people's eyes: no secret, addresses with checksums, amounts as text. */
export function redacted(config: Config): unknown {
  const secret = new Set(fields.filter((field) => field.isSecret).map((field) => field.name))
  const shown = (value: unknown, name: string): unknown => {
    if (value === null) return null
    if (secret.has(name) || /^submission\.relays\.\d+\.url$/.test(name)) return hideUrl(value)
    if (typeof value === 'bigint') return value.toString()
    if (typeof value === 'string' && /^0x[0-9a-f]{40}$/.test(value)) return checksummed(value as never)
    if (Array.isArray(value)) return value.map((one, index) => shown(one, `${name}.${index}`))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, inner]) => key !== 'definition' && typeof inner !== 'function')
        .map(([key, inner]) => [key, shown(inner, name === '' ? key : `${name}.${key}`)]),
    )
  }
  return shown(config, '')
}

/** The host may be seen; user, path and query may hold the provider's key. */
const hideUrl = (value: unknown): string =>
  typeof value === 'string' && URL.canParse(value) ? `${new URL(value).origin}/[secret]` : '[secret]'

/** The values that must never reach an output: they are masked wherever they turn up. */
export function secretsOf(config: Config): readonly string[] {
  const values = fields.filter(({ isSecret }) => isSecret).map(({ path }) => valueAt(config, path))
  const all = [...values, ...config.submission.relays.map(({ url }) => url)].filter((one) => typeof one === 'string')
  // A webhook's path is its key, so it is masked alone too.
  const { slackUrl, discordUrl, webhookUrl } = config.alerts
  const paths = [slackUrl, discordUrl, webhookUrl].flatMap((url) => (url === null ? [] : [new URL(url).pathname]))
  return [...all, ...paths].filter((one) => one.length > 1)
}
