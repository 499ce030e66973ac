import type { Command } from 'commander'
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
    .option('--status <status>', 'only included, reverted, dropped, refused, withheld or open')
    .option('--json', 'one JSON list')
  journalOptions(command)
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const journal = await journalFrom(options as unknown as Record<string, unknown>, context)
      try {
        const entries = journal.select({
          streams: ['intent', 'attempt', 'receipt'],
          sinceMs: Date.now() - options.since,
        })
        const rows = attemptRows(entries)
          .filter(({ status }) => options.status === undefined || status === options.status)
          .slice(-options.limit)
        context.out(options.json === true ? `${toJson(rows, 2)}\n` : `${shown(rows)}\n`)
      } finally {
        journal.close()
      }
    })
}

function shown(rows: readonly AttemptRow[]): string {
  if (rows.length === 0) return 'Nothing was to be sent in that time. `plimsoll explain <position>` says why not.'
  const cells = rows.map((row) => [
    new Date(row.atMs).toISOString().slice(0, 19).replace('T', ' '),
    String(row.block),
    row.via,
    row.status,
    short(row.positions.join('\n')),
    etherText(row.net.predicted),
    row.net.actual === null ? '' : etherText(row.net.actual),
    short(row.plan),
  ])
  const realised = rows.reduce((sum, { net }) => sum + (net.actual ?? 0n), 0n)
  const head = ['time, UTC', 'block', 'via', 'status', 'positions', 'foreseen', 'realised', 'plan']
  return `${table(head, cells, ['block', 'foreseen', 'realised'])}\n${rows.length} plans, ${etherText(realised)} ether realised`
}
