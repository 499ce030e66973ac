import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { KeeperError } from '#core/error.ts'
import { fromText, type Rec, toText } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import { durable } from './durable.ts'
import { mentions } from './mentions.ts'
import { storeError } from './open-database.ts'

/** The rest waits this long for company, since a commit costs the same for one record and for a thousand. */
const batchMs = 20

type Waiting = {
  readonly stream: string
  readonly text: string
  readonly record: Rec
  readonly atMs: number
  readonly done: () => void
  readonly failed: (error: KeeperError) => void
}

/**
 * Streams of records in SQLite. Order is the order of the calls, across streams too: what came before a durable record
 * is committed with it. Records are never changed or removed.
 */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #now: () => number
  readonly #insert: StatementSync
  readonly #mention: StatementSync
  readonly #ordinals: Map<string, number>
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | null = null
  #synchronous = ''
  #isClosed = false

  constructor(database: DatabaseSync, path: string, now: () => number = Date.now) {
    this.#database = database
    this.#path = path
    this.#now = now
    this.#insert = database.prepare('INSERT INTO records (stream, ordinal, atMs, body) VALUES (?, ?, ?, ?)')
    this.#mention = database.prepare('INSERT OR IGNORE INTO mentions VALUES (?, ?, ?)')
    const counts = database.prepare('SELECT stream, max(ordinal) + 1 AS next FROM records GROUP BY stream').all()
    this.#ordinals = new Map(counts.map((row) => [String(row.stream), Number(row.next)]))
  }

  append = (stream: string, record: Rec): Promise<void> => {
    if (this.#isClosed) return Promise.reject(new KeeperError('store-failed', `${this.#path} is closed`))
    const text = toText(record)
    return new Promise((done, failed) => {
      this.#waiting.push({ stream, text, record, atMs: this.#now(), done, failed })
      if (durable.has(stream)) this.#flush('FULL')
      else this.#timer ??= setTimeout(() => this.#flush('NORMAL'), batchMs)
    })
  }

  /** Durable when it returns, together with all that came before it. @throws `store-failed`: then nothing is written. */
  appendNow = (stream: string, record: Rec): void => {
    if (this.#isClosed) throw new KeeperError('store-failed', `${this.#path} is closed`)
    const failures: KeeperError[] = []
    const failed = (error: KeeperError): void => void failures.push(error)
    this.#waiting.push({ stream, text: toText(record), record, atMs: this.#now(), done: () => undefined, failed })
    this.#flush('FULL')
    for (const failure of failures) throw failure
  }

  /** From the record with that ordinal on; what is appended meanwhile is read too. @throws `bad-record`. */
  read = async function* (this: SqliteStore, stream: string, from: number): AsyncIterable<Rec> {
    this.#flush('NORMAL')
    const page = this.#database.prepare(
      'SELECT ordinal, body FROM records WHERE stream = ? AND ordinal >= ? ORDER BY ordinal LIMIT 500',
    )
    for (let next = from; ; ) {
      const rows = page.all(stream, next)
      if (rows.length === 0) return
      for (const row of rows) yield fromText(String(row.body)) as Rec
      next = Number(rows.at(-1)?.ordinal) + 1
    }
  }.bind(this)

  close = (): void => {
    if (this.#isClosed) return
    this.#flush('FULL')
    this.#isClosed = true
    this.#database.close()
  }

  #flush(synchronous: 'FULL' | 'NORMAL'): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const batch = this.#waiting
    this.#waiting = []
    if (batch.length === 0) return
    const before = new Map(this.#ordinals)
    try {
      if (this.#synchronous !== synchronous) this.#database.exec(`PRAGMA synchronous = ${synchronous}`)
      this.#synchronous = synchronous
      this.#database.exec('BEGIN IMMEDIATE')
      for (const one of batch) this.#write(one)
      this.#database.exec('COMMIT')
    } catch (cause) {
      this.#ordinals.clear()
      for (const [stream, next] of before) this.#ordinals.set(stream, next)
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      const error = storeError(this.#path, cause)
      for (const one of batch) one.failed(error)
      return
    }
    for (const one of batch) one.done()
  }

  #write({ stream, text, record, atMs }: Waiting): void {
    const ordinal = this.#ordinals.get(stream) ?? 0
    const { lastInsertRowid: seq } = this.#insert.run(stream, ordinal, atMs, text)
    for (const { kind, id } of mentions(record)) this.#mention.run(kind, id, seq)
    this.#ordinals.set(stream, ordinal + 1)
  }
}
