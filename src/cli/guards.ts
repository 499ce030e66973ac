import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import type { Config } from '../config/config.ts'
import { killFile } from '../guards/kill-file.ts'
import { readJournal } from '../journal/open-journal.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { toJson } from './json.ts'
import { table } from './table.ts'

const help = `
Guards hold sending back: \`kill\` and \`too-good:<protocol>\` until they are closed, daily limits until 24 hours have
rolled on. A running keeper obeys within a second; signal SIGUSR2 kills it too.

Examples:
  plimsoll guards                       what holds back now
  plimsoll guards kill "odd prices"     nothing is sent from now on
  plimsoll guards close kill
  plimsoll guards close too-good:aave-v3`

type Options = { readonly json?: boolean }
type Tripped = { readonly name: string; readonly since: string; readonly detail: string }

/** `plimsoll guards`, `guards kill`, `guards close` */
export function addGuards(program: Command, context: Context): void {
  const command = program
    .command('guards')
    .description('show what holds sending back; stop it, or let it go on')
    .argument('[action]', 'kill or close')
    .argument('[what]', 'why, or the guard to close')
    .option('--json', 'one JSON list')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (action: string | undefined, what: string | undefined, options: Options) => {
      const { config } = await loadFrom(options as Record<string, unknown>, context)
      const kill = killFile(config.guards.killFile)
      const tripped = trippedBy(config)
      if (action === 'kill') {
        kill.make(what ?? 'by hand')
        context.say(`${config.guards.killFile} stands: nothing is sent until \`plimsoll guards close kill\`\n`)
      } else if (action === 'close') close(what, tripped, config, context)
      else if (action !== undefined)
        throw new KeeperError('bad-argument', `there is no action ${action}: write kill or close`)
      const left = trippedBy(config)
      if (options.json === true) context.out(`${toJson(left, 2)}\n`)
      else if (action === undefined) context.out(`${shown(left)}\n`)
    })
}

function close(what: string | undefined, tripped: readonly Tripped[], config: Config, context: Context): void {
  const kill = killFile(config.guards.killFile)
  if (what === undefined || !tripped.some(({ name }) => name === what))
    throw new KeeperError('not-found', `no guard ${what ?? ''} is tripped: \`plimsoll guards\` lists those that are`)
  if (what === 'kill') kill.remove()
  kill.askToClose(what)
  context.say(`${what}: a running keeper closes it within a second, a stopped one when it starts\n`)
}

/** What the journal says is tripped, and the kill file. */
function trippedBy(config: Config): readonly Tripped[] {
  const found = new Map<string, Tripped>()
  for (const record of guardRecords(config.journal.path)) {
    const name = String(record.name)
    const since = new Date(Number(record.atMs)).toISOString()
    if (record.kind === 'trip') found.set(name, { name, since, detail: String(record.detail) })
    if (record.kind === 'close') found.delete(name)
  }
  if (killFile(config.guards.killFile).isThere() && !found.has('kill'))
    found.set('kill', { name: 'kill', since: '', detail: `${config.guards.killFile} stands` })
  return [...found.values()]
}

function guardRecords(path: string): readonly Rec[] {
  try {
    const journal = readJournal(path)
    const entries = journal.select({ streams: ['guard'] })
    journal.close()
    return entries.map(({ record }) => record)
  } catch {
    // A keeper that never ran has no journal, and no guard but the kill file.
    return []
  }
}

const shown = (all: readonly Tripped[]): string =>
  all.length === 0
    ? 'Nothing holds sending back.'
    : table(
        ['guard', 'since', 'why'],
        all.map(({ name, since, detail }) => [name, since, detail]),
      )
