import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import type { Config } from '../config/config.ts'
import { killFile } from '../guards/kill-file.ts'
import { spendOf, Window } from '../guards/window.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { guardDoor } from './guard-door.ts'
import { journalOf } from './journal-options.ts'
import { toJson } from './json.ts'
import { etherText, short, table } from './table.ts'

const help = `
Guards hold sending back: \`kill\` and \`too-good:<market>\` until they are closed, daily limits until 24 hours have
rolled on. A running keeper obeys within a second; signal SIGUSR2 kills it too.

Examples:
  plimsoll guards                       what holds back now
  plimsoll guards kill "odd prices"     nothing is sent from now on
  plimsoll guards close kill
  plimsoll guards close too-good:0x…`

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
      const door = guardDoor(config)
      const tripped = await trippedBy(config)
      if (action === 'kill') {
        door.open(what ?? 'by hand')
        context.say(`${config.guards.killFile} stands: nothing is sent until \`plimsoll guards close kill\`\n`)
      } else if (action === 'close') close(what, tripped, config, context)
      else if (action !== undefined)
        throw new KeeperError('bad-argument', `there is no action ${action}: write kill or close`)
      const left = await trippedBy(config)
      if (options.json === true) context.out(`${toJson(left, 2)}\n`)
      else if (action === undefined) context.out(`${shown(left)}\n`)
    })
}

function close(what: string | undefined, tripped: readonly Tripped[], config: Config, context: Context): void {
  if (what === undefined)
    throw new KeeperError('bad-argument', 'name the guard to close: such as `plimsoll guards close kill`')
  guardDoor(config).close(
    what,
    tripped.map(({ name }) => name),
  )
  context.say(`${what}: a running keeper closes it within a second, a stopped one when it starts\n`)
}

/** What the journal says is tripped, and the kill file. */
async function trippedBy(config: Config): Promise<readonly Tripped[]> {
  const found = new Map<string, Tripped>()
  const records = await guardRecords(config)
  for (const record of records) {
    const name = String(record.name)
    const since = new Date(Number(record.atMs)).toISOString()
    if (record.kind === 'trip') found.set(name, { name, since, detail: String(record.detail) })
    if (record.kind === 'close') found.delete(name)
  }
  const kill = killFile(config.guards.killFile).read()
  if (kill !== null && !found.has('kill')) {
    const detail = `${kill.why === '' ? '' : `${kill.why}: `}${config.guards.killFile} stands`
    found.set('kill', { name: 'kill', since: new Date(kill.sinceMs).toISOString(), detail })
  }
  return [...found.values(), ...limitsReached(records, config)]
}

/** Daily limits that a plan could not pass now; they trip nothing, and fall by themselves. */
function limitsReached(records: readonly Rec[], { guards, submission }: Config): readonly Tripped[] {
  const window = new Window()
  const spends = records.filter(({ kind }) => kind === 'spend').map(spendOf)
  for (const spend of spends) window.add(spend)
  const now = Date.now()
  const markets = [...new Set(spends.flatMap(({ repaid }) => repaid.map(({ market }) => market)))]
  const limits = [
    { name: 'daily-loss', spent: window.lossWei(now), limit: guards.dailyLossWei },
    { name: 'daily-gas', spent: window.gasWei(now), limit: guards.dailyGasWei },
    ...markets.map((market) => ({
      name: `notional:${market}`,
      spent: window.repaidWei(now, market),
      limit: guards.marketNotionalWei,
    })),
  ]
  const holds = submission.via === 'bundle' ? 'bundles are sent all the same' : 'until the hours have rolled on'
  return limits
    .filter(({ spent, limit }) => spent >= limit)
    .map(({ name, spent, limit }) => ({
      name: short(name),
      since: '',
      detail: `${etherText(spent)} of ${etherText(limit)} ether within 24 hours: ${holds}`,
    }))
}

async function guardRecords(config: Config): Promise<readonly Rec[]> {
  // A keeper that never ran has no journal, and no guard but the kill file.
  if (config.journal.url === null && !existsSync(config.journal.path)) return []
  const journal = await journalOf(config)
  try {
    return (await journal.select({ streams: ['guard'] })).map(({ record }) => record)
  } finally {
    await journal.close()
  }
}

const shown = (all: readonly Tripped[]): string =>
  all.length === 0
    ? 'Nothing holds sending back.'
    : table(
        ['guard', 'since, UTC', 'why'],
        all.map(({ name, since, detail }) => [name, since.slice(0, 19).replace('T', ' '), detail]),
        [],
        52,
      )
