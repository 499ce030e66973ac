import { fields } from '../../src/config/fields.ts'
import { describeMetrics } from '../../src/observe/metric-rows.ts'
import { loadStrategy, strategyNames } from '../conformance/definitions.ts'

/** The README's tables, as the schema and the metrics say them. Keys are the names of their markers. */
const tables = async (): Promise<Readonly<Record<string, string>>> => ({
  protocols: await protocolsTable(),
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

/** What each strategy was run against: official contracts judge, stand-ins only show that the parts fit together. */
async function protocolsTable(): Promise<string> {
  const rows = await Promise.all(
    strategyNames().map(async (name) => {
      const { definition, fixture } = await loadStrategy(name)
      const told = (isJudge: boolean): string =>
        (fixture?.deployments ?? [])
          .filter(({ contracts }) => (contracts !== 'stand-in') === isJudge)
          .map((one) => `${one.name}${one.contracts === 'fork' ? ' (fork)' : ''}`)
          .join(', ')
      const beside = (fixture?.deployments ?? []).map(({ standIns }) => standIns).filter((text) => text !== '')
      const presets = Object.keys(definition.presets).map((preset) => `\`${preset}\``)
      return row([
        `[\`${name}\`](docs/protocols/${name}.md)`,
        told(true) === '' ? '**none: not judged yet**' : told(true),
        [told(false), ...new Set(beside)].filter((text) => text !== '').join('; '),
        presets.join(' '),
      ])
    }),
  )
  return ['| strategy | run against | stand-ins beside or instead | presets |', '|---|---|---|---|', ...rows].join('\n')
}

/** The text with each table put between its markers. */
export async function withTables(text: string): Promise<string> {
  return Object.entries(await tables()).reduce((whole, [name, table]) => {
    const between = new RegExp(`(<!-- ${name}: [^>]*-->\n)[\\s\\S]*?(<!-- /${name} -->)`)
    return whole.replace(between, (_all, open: string, close: string) => `${open}\n${table}\n\n${close}`)
  }, text)
}
