import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../config/config.ts'
import { readJournal } from '../journal/open-journal.ts'
import { type JournalReader, journalName, readPostgresJournal } from '../journal/open-postgres-journal.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'

export const journalOptions = (command: Command): Command =>
  configOptions(command.option('--journal <file>', 'the journal itself, without reading a configuration'))

/**
 * The journal named by a flag or the configuration, to read; also while a keeper writes it. With `journal.url` it is in
 * that database. @throws `store-failed`.
 */
export async function journalFrom(options: Record<string, unknown>, context: Context): Promise<JournalReader> {
  if (typeof options.journal === 'string') return reading(options.journal)
  return journalOf((await loadFrom(options, context)).config)
}

/** As configured, to read. @throws `store-failed`. */
export async function journalOf({ chain, executor, journal }: Config): Promise<JournalReader> {
  if (journal.url === null) return reading(journal.path)
  return readPostgresJournal(journal.url, journalName(chain.id, executor?.address ?? null, journal.shard))
}

function reading(path: string): JournalReader {
  const { select, close } = readJournal(path)
  return { select: async (filter) => select(filter), close: async () => close() }
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90m`, `24h`, `7d` as milliseconds. */
export function duration(text: string): number {
  const found = /^(\d+)([smhd])$/.exec(text)
  if (found === null) throw new InvalidArgumentError('write a number and s, m, h or d, such as 24h')
  return Number(found[1]) * units[found[2] as keyof typeof units]
}

export function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('write a whole number above 0')
  return Number(text)
}
