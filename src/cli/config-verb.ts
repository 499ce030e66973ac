import type { Command } from 'commander'
import { stringify } from 'yaml'
import { fields } from '../config/fields.ts'
import { redacted } from '../config/redacted.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { toJson } from './json.ts'

const help = `
Reads the configuration as a run would and prints what holds, secrets hidden. Says every mistake with its line, and ends
with 2, when there is one.

Examples:
  plimsoll config                       what would hold, defaults included
  plimsoll config --list                every setting, its flag, its variable, its default; (hot): SIGHUP reads it again
  PLIMSOLL_LOG_LEVEL=debug plimsoll config --json`

type Options = { readonly list?: boolean; readonly json?: boolean }

/** `plimsoll config` */
export function addConfig(program: Command, context: Context): void {
  const command = program
    .command('config')
    .description('check the configuration and print what holds')
    .option('--list', 'every setting there is, without reading a configuration')
    .option('--json', 'one JSON value')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (options: Options) => {
      if (options.list === true) {
        const rows = fields.map(({ name, flag, env, preset, doc, isHot }) => ({ name, flag, env, preset, doc, isHot }))
        return context.out(options.json === true ? `${toJson(rows, 2)}\n` : rows.map(listed).join('\n'))
      }
      const { config } = await loadFrom(options as Record<string, unknown>, context)
      const shown = redacted(config)
      context.out(options.json === true ? `${toJson(shown, 2)}\n` : stringify(shown))
    })
}

type Listed = {
  readonly name: string
  readonly flag: string | null
  readonly env: string | null
  readonly preset: string | null
  readonly doc: string
  readonly isHot: boolean
}
const listed = (row: Listed): string =>
  `${row.name}${row.isHot ? '  (hot)' : ''}\n  ${row.doc}\n  ${row.flag === null ? 'file only' : `${row.flag}  ${row.env}`}${row.preset === null ? '' : `  default: ${row.preset}`}\n`
