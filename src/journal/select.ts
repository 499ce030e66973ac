import type { DatabaseSync } from 'node:sqlite'
import { fromText, type Rec } from '#core/plain.ts'
import type { MentionKind } from './mentions.ts'

export type Filter = {
  /** Any of these streams; all when absent. */
  readonly streams?: readonly string[]
  /** Only records that speak of it; a beginning of the id will do, and of a position any part. */
  readonly about?: { readonly kind: MentionKind; readonly id: string }
  readonly sinceMs?: number
  /** The newest so many; they still come oldest first. */
  readonly limit?: number
}
export type Entry = { readonly seq: number; readonly stream: string; readonly atMs: number; readonly record: Rec }

/** Records for people, oldest first. @throws `bad-record` when a body cannot be read. */
export function select(database: DatabaseSync, filter: Filter): readonly Entry[] {
  const where: string[] = []
  const given: (string | number)[] = []
  if (filter.streams !== undefined) {
    where.push(`stream IN (${filter.streams.map(() => '?').join(', ')})`)
    given.push(...filter.streams)
  }
  if (filter.about !== undefined) {
    const { kind, id } = filter.about
    // A position's id ends with its owner, so any part of it finds it; of the others the beginning does.
    where.push(
      `seq IN (SELECT seq FROM mentions WHERE kind = ? AND instr(id, ?) ${kind === 'position' ? '> 0' : '= 1'})`,
    )
    given.push(kind, id)
  }
  if (filter.sinceMs !== undefined) {
    where.push('atMs >= ?')
    given.push(filter.sinceMs)
  }
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`
  const rows = database
    .prepare(`SELECT seq, stream, atMs, body FROM records ${condition} ORDER BY seq DESC LIMIT ?`)
    .all(...given, filter.limit ?? -1)
  return rows.reverse().map((row) => ({
    seq: Number(row.seq),
    stream: String(row.stream),
    atMs: Number(row.atMs),
    record: fromText(String(row.body)) as Rec,
  }))
}
