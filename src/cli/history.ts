import { type Command, Option } from 'commander'
import { type AttemptRow, attemptRows } from './attempt-rows.ts'
import type { Context } from './context.ts'
import { count, duration, journalFrom, journalOptions } from './journal-options.ts'
import { toJson } from './json.ts'
import { etherText, short, table } from './table.ts'

const help = `
Reads the journal only, also while a keeper runs. Every plan that was to be sent is a line: what was foreseen, what came
of it, what it realised. A dry run's plans are withheld.

Examples:
  plimsoll history
  plimsoll history --since 7d --status reverted
  plimsoll history --journal ./plimsoll.sqlite --json`

type Options = { readonly since: number; readonly limit: number; readonly status?: string; readonly json?: boolean }

/** `plimsoll history` */
export function addHistory(program: Command, context: Context): void {
  const command = program
    .command('history')
    .description('list what was sent, and what came of it')
    .option('--since <time>', 'how far back: 90m, 24h, 7d', duration, duration('24h'))
    .option('--limit <count>', 'the newest so many', count, 50)
    .addOption(new Option('--status <status>', 'only those').choices(statuses))
    .option('--json', 'one JSON list')
  journalOptions(command)
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const journal = await journalFrom(options as unknown as Record<string, unknown>, context)
      try {
        const entries = await journal.select({
          streams: ['intent', 'attempt', 'receipt', 'undone'],
          sinceMs: Date.now() - options.since,
        })
        const rows = attemptRows(entries)
          .filter(({ status }) => options.status === undefined || status === options.status)
          .slice(-options.limit)
        context.out(options.json === true ? `${toJson(rows, 2)}\n` : `${shown(rows)}\n`)
      } finally {
        await journal.close()
      }
    })
}

const statuses = ['included', 'reverted', 'dropped', 'refused', 'withheld', 'open']
/** So many are shown of one plan; `--json` has all. */
const shownMost = 3

/** Owners, which `explain` takes as well; a position without one by its id. */
function shownPositions({ positions, owners }: AttemptRow): string {
  const names = positions.map((position, at) => short(owners[at] ?? position))
  const more = names.length - shownMost
  return (more > 1 ? [...names.slice(0, shownMost), `and ${more} more`] : names).join('\n')
}

function shown(rows: readonly AttemptRow[]): string {
  if (rows.length === 0) return 'Nothing was to be sent in that time. `plimsoll explain <position>` says why not.'
  const cells = rows.map((row) => [
    new Date(row.atMs).toISOString().slice(5, 19).replace('T', ' '),
    String(row.block),
    row.via,
    row.isUndone ? `${row.status}, reorganised` : row.status,
    shownPositions(row),
    etherText(row.net.predicted),
    row.net.actual === null ? '' : etherText(row.net.actual),
    short(row.plan),
  ])
  const realised = rows.reduce((sum, { net }) => sum + (net.actual ?? 0n), 0n)
  const head = ['time, UTC', 'block', 'via', 'status', 'owners', 'foreseen', 'realised', 'plan']
  return `${table(head, cells, ['block', 'foreseen', 'realised'])}\n${rows.length} plans, ${etherText(realised)} ether realised`
}
