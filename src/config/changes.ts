import { checksummed } from '#core/address.ts'
import type { Config } from './config.ts'
import { fields } from './fields.ts'

/** One setting that is another than before, as text for people; a secret shows nothing of itself. */
export type Change = { readonly name: string; readonly isHot: boolean; readonly from: string; readonly to: string }

/** What differs between two configurations, in the order of the schema. */
export function changesBetween(old: Config, next: Config): readonly Change[] {
  return fields.flatMap(({ name, path, isHot, isSecret }) => {
    const [from, to] = [valueAt(old, path), valueAt(next, path)].map(textOf) as [string, string]
    if (from === to) return []
    return [{ name, isHot, from: isSecret ? '[secret]' : from, to: isSecret ? '[secret]' : to }]
  })
}

/** The old one, with what may change while a keeper runs as the next one has it. */
export function withHot(old: Config, next: Config): Config {
  const result = structure(old) as Record<string, unknown>
  for (const { path } of fields.filter(({ isHot }) => isHot)) {
    const [group = '', key = ''] = path
    const into = { ...(result[group] as Record<string, unknown>), [key]: valueAt(next, path) }
    result[group] = into
  }
  return result as Config
}

const structure = (config: Config): object => ({ ...config })

/** What a setting is. */
export const valueAt = (config: Config, path: readonly string[]): unknown =>
  path.reduce<unknown>((here, key) => (here as Record<string, unknown> | null | undefined)?.[key], config)

/** What was chosen from a folder is told by its name and what is written under it. */
function textOf(value: unknown): string {
  const plain = JSON.stringify(value, (key, part: unknown) => {
    if (key === 'definition' || key === 'label') return undefined
    if (typeof part === 'bigint') return part.toString()
    return typeof part === 'string' && /^0x[0-9a-f]{40}$/.test(part) ? checksummed(part as never) : part
  })
  return plain === undefined ? 'none' : plain.replace(/^"(.*)"$/, '$1')
}
