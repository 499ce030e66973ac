import { type Command, Option } from 'commander'
import type { MissReason } from '#core/miss.ts'
import type { Context } from './context.ts'
import { count, duration, journalFrom, journalOptions } from './journal-options.ts'
import { toJson } from './json.ts'
import { forgoneOf, type MissRow, missRows, tipsOf } from './miss-rows.ts'
import { etherText, short, table } from './table.ts'

const help = `
Reads the journal only, also while a keeper runs. Every liquidation that somebody else won in a watched protocol while it
ran is a line: why it was not us, what our plan for that block would have left, what the winner paid for the place.
docs/misses.md says what each reason means and what to do about it.

Examples:
  plimsoll misses
  plimsoll misses --since 7d --reason outbid
  plimsoll misses --journal ./plimsoll.sqlite --json`

type Options = {
  readonly since: number
  readonly limit: number
  readonly reason?: MissReason
  readonly strategy?: string
  readonly json?: boolean
}

const reasons: Readonly<Record<MissReason, true>> = {
  'market-untracked': true,
  'position-unknown': true,
  'seen-late': true,
  overlooked: true,
  'judged-unprofitable': true,
  'no-way': true,
  'judged-closed': true,
  'held-back': true,
  'guard-open': true,
  'not-sent': true,
  outbid: true,
  'not-included': true,
}

/** `plimsoll misses` */
export function addMisses(program: Command, context: Context): void {
  const command = program
    .command('misses')
    .description('list liquidations that others won, and why')
    .option('--since <time>', 'how far back: 90m, 24h, 7d', duration, duration('24h'))
    .option('--limit <count>', 'the newest so many; totals are of these', count, 200)
    .addOption(new Option('--reason <reason>', 'only those').choices(Object.keys(reasons)))
    .option('--strategy <name>', 'only of this protocol, such as aave-v3')
    .option('--json', 'one JSON object: the misses, and totals by reason')
  journalOptions(command)
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const journal = await journalFrom(options as unknown as Record<string, unknown>, context)
      try {
        const sinceMs = Date.now() - options.since
        const rows = missRows(await journal.select({ streams: ['misses', 'undone'], sinceMs }))
          .filter(({ why }) => options.reason === undefined || why === options.reason)
          .filter(({ strategy }) => options.strategy === undefined || strategy === options.strategy)
          .slice(-options.limit)
        const found = { misses: rows, totals: totalsOf(rows) }
        context.out(options.json === true ? `${toJson(found, 2)}\n` : `${shown(rows)}\n`)
      } finally {
        await journal.close()
      }
    })
}

type Total = { readonly reason: MissReason; readonly misses: number; readonly forgone: bigint; readonly tips: bigint }

/** By reason, the most frequent first. */
function totalsOf(rows: readonly MissRow[]): readonly Total[] {
  return [...Map.groupBy(rows, ({ why }) => why)]
    .map(([reason, of]) => ({ reason, misses: of.length, forgone: forgoneOf(of), tips: tipsOf(of) }))
    .sort((a, b) => b.misses - a.misses || (a.reason < b.reason ? -1 : 1))
}

function shown(rows: readonly MissRow[]): string {
  if (rows.length === 0) return 'Nobody else won a liquidation in that time, as far as this journal knows.'
  const head = ['time, UTC', 'block', 'protocol', 'position', 'reason', 'ours', 'their tip', 'winner']
  const cells = rows.map((row) => [
    new Date(row.atMs).toISOString().slice(5, 19).replace('T', ' '),
    String(row.block),
    row.strategy,
    short(row.position),
    reasonText(row),
    row.ours === null ? '' : etherText(row.ours.net),
    `${row.winner.isTipWhole ? '' : '≥ '}${etherText(row.winner.tip)}`,
    short(row.by ?? row.winner.from),
  ])
  const totals = totalsOf(rows).map((one) => [
    one.reason,
    String(one.misses),
    etherText(one.forgone),
    etherText(one.tips),
  ])
  return [
    table(head, cells, ['block', 'ours', 'their tip']),
    '',
    table(['reason', 'misses', 'we would have left', 'tips paid'], totals, [
      'misses',
      'we would have left',
      'tips paid',
    ]),
    `${rows.length} won by others, ${etherText(forgoneOf(rows))} ether that our own plans would have left`,
  ].join('\n')
}

function reasonText({ why, because, lateBlocks, outbidBy }: MissRow): string {
  if (lateBlocks !== null) return `${why} by ${lateBlocks} ${lateBlocks === 1 ? 'block' : 'blocks'}`
  if (why === 'outbid' && outbidBy !== null) return `${why} by ${etherText(outbidBy)}`
  return because === null || because === 'sent' ? why : `${why}: ${because}`
}
