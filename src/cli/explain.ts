import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import type { MentionKind } from '../journal/mentions.ts'
import type { JournalReader } from '../journal/open-postgres-journal.ts'
import type { Entry } from '../journal/select.ts'
import { receiptOf } from './attempt-rows.ts'
import type { Context } from './context.ts'
import { count, journalFrom, journalOptions } from './journal-options.ts'
import { toJson } from './json.ts'
import { isUndone } from './undone-blocks.ts'

const help = `
Tells everything the journal knows of a position, a plan or a transaction, in order: each verdict with its reason and
the whole sum, what was sent, what the chain said. The beginning of an id is enough; an owner's address finds the
owner's positions.

Examples:
  plimsoll explain 0x5fbdb2315678afecb367f032d93f642f64180aa3
  plimsoll explain 0x9c1f --json`

type Options = { readonly limit: number; readonly json?: boolean }

/** `plimsoll explain` */
export function addExplain(program: Command, context: Context): void {
  const command = program
    .command('explain')
    .description('say why a position was acted on or left alone, with every term of the sum')
    .argument('<id>', 'a position, an owner, a plan or a transaction')
    .option('--limit <count>', 'the newest so many records', count, 40)
    .option('--json', 'one JSON list of records')
  journalOptions(command)
    .addHelpText('after', help)
    .action(async (id: string, options: Options) => {
      const journal = await journalFrom(options as unknown as Record<string, unknown>, context)
      try {
        const entries = await about(journal.select, id, options.limit)
        if (entries.length === 0)
          throw new KeeperError('not-found', `the journal knows nothing of ${id}: \`plimsoll scan\` lists positions`)
        const undone = await journal.select({ streams: ['undone'] })
        const marked = entries.map((entry) => ({ ...entry, isUndone: isUndone(entry, undone) }))
        context.out(options.json === true ? `${toJson(marked, 2)}\n` : marked.map(shown).join('\n'))
      } finally {
        await journal.close()
      }
    })
}

const kinds: readonly MentionKind[] = ['plan', 'transaction', 'position']

/** Whatever the id is of; then also what became of the plans those records speak of. */
async function about(select: JournalReader['select'], id: string, limit: number): Promise<readonly Entry[]> {
  const found = new Map<number, Entry>()
  const wanted = id.startsWith('0x') ? id.toLowerCase() : id
  for (const kind of kinds)
    for (const entry of await select({ about: { kind, id: wanted } })) found.set(entry.seq, entry)
  const plans = new Set([...found.values()].map(({ record }) => planOf(record)).filter((plan) => plan !== null))
  for (const plan of plans)
    for (const entry of await select({ about: { kind: 'plan', id: plan } })) found.set(entry.seq, entry)
  return inOrder([...found.values()]).slice(-limit)
}

/** As it happened: a verdict is written down behind what it let leave, and comes before it here. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const left = new Map<string | null, number>()
  for (const { stream, seq, record } of entries) if (stream === 'intent') left.set(planOf(record), seq)
  const place = ({ stream, seq, record }: Entry): number =>
    stream === 'verdict' ? Math.min(seq, (left.get(planOf(record)) ?? seq) - 0.5) : seq
  return [...entries].sort((a, b) => place(a) - place(b))
}

function planOf({ plan }: Rec): string | null {
  if (typeof plan === 'string') return plan
  return typeof plan === 'object' && plan !== null && 'id' in plan ? String(plan.id) : null
}

/** One record in words; its sum, where it has one, term by term. */
function shown({ stream, atMs, record, isUndone }: Entry & { readonly isUndone: boolean }): string {
  const time = new Date(atMs).toISOString().slice(0, 23).replace('T', ' ')
  const whole = stream === 'receipt' ? receiptOf(record) : record
  const sum = (whole.actual ?? whole.sum ?? (whole.plan as Rec | null)?.sum) as Rec | undefined
  const mark = isUndone ? ' (of a block that was reorganised away)' : ''
  const lines = [`${time}  ${stream.padEnd(10)} ${wordsOf(stream, whole)}${mark}`]
  for (const [term, amount] of Object.entries(sum ?? {})) {
    if (amount !== 0n) lines.push(`${' '.repeat(36)}${term.padEnd(10)} ${String(amount).padStart(26)} wei`)
  }
  return `${lines.join('\n')}\n`
}

function wordsOf(stream: string, record: Rec): string {
  const detail = record.detail ? `: ${record.detail}` : ''
  switch (stream) {
    case 'verdict':
      return `block ${record.block}, ${record.trigger}: ${record.do === 'act' ? 'act' : `skip, ${record.reason}`}${detail}`
    case 'intent':
      return `plan ${record.plan} for block ${record.block} by ${record.via}, nonce ${record.nonce}`
    case 'attempt':
      return `${record.status}${detail}`
    case 'receipt':
      return `${record.status} in block ${record.block}: ${record.transactionHash}`
    case 'misses':
      return `missed in block ${record.block}, ${record.why}${detail}: ${record.transactionHash}`
    case 'quarantine':
      return record.isHeld === true ? `set aside: ${record.why}` : `released: ${record.why}`
    default:
      return toJson(record)
  }
}
