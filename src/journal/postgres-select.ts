import { fromText, type Rec } from '#core/plain.ts'
import type { Database } from './postgres-database.ts'
import type { Entry, Filter } from './select.ts'

/** As `select` of a file, from the database. @throws `store-failed`, `bad-record`. */
export async function selectFrom(database: Database, journal: string, filter: Filter): Promise<readonly Entry[]> {
  const given: unknown[] = []
  const value = (one: unknown): string => `$${given.push(one)}`
  const where = [`journal = ${value(journal)}`]
  if (filter.streams !== undefined) where.push(`stream = any(${value(filter.streams)}::text[])`)
  if (filter.about !== undefined) {
    const { kind, id } = filter.about
    const found = `strpos(id, ${value(id)}) ${kind === 'position' ? '> 0' : '= 1'}`
    where.push(`seq in (select seq from plimsoll_mentions where kind = ${value(kind)} and ${found})`)
  }
  if (filter.sinceMs !== undefined) where.push(`at_ms >= ${value(filter.sinceMs)}`)
  const { rows } = await database.query(
    `select seq, stream, at_ms, body from plimsoll_records where ${where.join(' and ')}
     order by seq desc limit ${value(filter.limit ?? null)}`,
    given,
  )
  return rows.reverse().map((row) => ({
    seq: Number(row.seq),
    stream: String(row.stream),
    atMs: Number(row.at_ms),
    record: fromText(String(row.body)) as Rec,
  }))
}
