import { fields } from '../../src/config/fields.ts'
import { describeMetrics } from '../../src/observe/metrics.ts'

/** The README's tables, as the schema and the metrics say them. Keys are the names of their markers. */
export const tables = (): Readonly<Record<string, string>> => ({
  configuration: [
    '| setting | default | variable, flag | what it is |',
    '|---|---|---|---|',
    ...fields.map(({ name, preset, env, flag, doc, isSecret }) =>
      row([
        `\`${name}\``,
        preset === null ? 'required' : `\`${preset}\``,
        env === null || flag === null ? 'file only' : `\`${env}\` \`${flag}\``,
        isSecret ? `${doc} Secret.` : doc,
      ]),
    ),
  ].join('\n'),
  metrics: [
    '| metric | kind | labels | what it says |',
    '|---|---|---|---|',
    ...describeMetrics().map(({ name, kind, labels, help }) =>
      row([`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(' '), help]),
    ),
  ].join('\n'),
})

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

/** The text with each table put between its markers. */
export function withTables(text: string): string {
  return Object.entries(tables()).reduce((whole, [name, table]) => {
    const between = new RegExp(`(<!-- ${name}: [^>]*-->\n)[\\s\\S]*?(<!-- /${name} -->)`)
    return whole.replace(between, (_all, open: string, close: string) => `${open}\n${table}\n\n${close}`)
  }, text)
}
