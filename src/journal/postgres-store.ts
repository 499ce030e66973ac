import { setTimeout as sleep } from 'node:timers/promises'
import { isKeeperError, KeeperError } from '#core/error.ts'
import { fromText, type Rec, toText } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import { durable } from './durable.ts'
import type { Lease } from './lease.ts'
import { mentions } from './mentions.ts'
import type { Database } from './postgres-database.ts'

export type PostgresStoreParts = {
  readonly database: Database
  readonly journal: string
  /** This process: its records' keys begin with it. */
  readonly owner: string
  readonly lease: Pick<Lease, 'epoch' | 'fenced'>
  readonly now?: () => number
}
export type PostgresStore = Store & { readonly close: () => Promise<void> }

/** Who stands by writes nothing but this: an operator may stop any of several keepers, and all of them hear it and why. */
const anybodys: ReadonlySet<string> = new Set(['guard', 'operator'])
/** What a send depends on: not to be written is no reason to say that it was. */
const leaders: ReadonlySet<string> = new Set(['intent', 'reservation'])
/** The rest waits this long for company. */
const batchMs = 20
const batchMost = 500
/** While the database is gone: beyond it the newest are refused. */
const waitingMost = 20_000
const againMs = 100
const closeMs = 5_000
const pageSize = 500

type Waiting = {
  readonly key: string
  readonly stream: string
  readonly text: string
  readonly record: Rec
  readonly atMs: number
  /** Under which it was to be written; `null`: by anybody. */
  readonly epoch: number | null
  readonly done: () => void
  readonly failed: (error: KeeperError) => void
}

/**
 * Streams of records in Postgres, in the order of the calls. Every write is fenced: the database takes it only while the
 * writer's epoch is the newest there is. While the database is gone, records wait, and are written once.
 */
export function createPostgresStore(parts: PostgresStoreParts): PostgresStore {
  const { database, journal, owner, lease, now = Date.now } = parts
  let waiting: Waiting[] = []
  let count = 0
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> | null = null
  let closing = false

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const first = waiting[0] as Waiting
      const end = waiting.findIndex(({ epoch }) => epoch !== first.epoch)
      const batch = waiting.slice(0, Math.min(batchMost, end === -1 ? waiting.length : end))
      const failure = await offer(batch)
      waiting = waiting.slice(batch.length)
      for (const one of batch) failure === null ? one.done() : one.failed(failure)
    }
  }
  /** Again and again while the database is gone, unless another leads by then. */
  const offer = async (batch: readonly Waiting[]): Promise<KeeperError | null> => {
    const epoch = batch[0]?.epoch ?? null
    const deadline = (): boolean => closing && performance.now() > closedAt + closeMs
    for (;;) {
      if (epoch !== null && lease.epoch() !== epoch) return lost()
      try {
        if (await put(database, journal, epoch, batch)) return null
        lease.fenced()
        return lost()
      } catch (error) {
        if (!isKeeperError(error)) return new KeeperError('store-failed', String(error), { cause: error })
        if (!error.retryable || deadline()) return error
        await sleep(againMs)
      }
    }
  }
  let closedAt = 0
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing ??= write().finally(() => {
      writing = null
      if (waiting.length > 0) flush()
    })
  }
  const settled = async (): Promise<void> => {
    while (waiting.length > 0 || writing !== null) {
      flush()
      await writing
    }
  }
  return {
    append: (stream, record) => {
      const epoch = anybodys.has(stream) ? null : lease.epoch()
      if (closing) return Promise.reject(new KeeperError('store-failed', 'the journal is closed'))
      if (epoch === null && leaders.has(stream)) return Promise.reject(lost())
      if (epoch === null && !anybodys.has(stream)) return Promise.resolve()
      if (waiting.length >= waitingMost) {
        const say = `${waitingMost} records wait for the database of journal.url: see that it runs`
        return Promise.reject(new KeeperError('store-failed', say, { retryable: true }))
      }
      count += 1
      const key = `${owner}:${count}`
      return new Promise((done, failed) => {
        waiting.push({ key, stream, text: toText(record), record, atMs: now(), epoch, done, failed })
        if (durable.has(stream)) flush()
        else timer ??= setTimeout(flush, batchMs)
      })
    },
    read: async function* (stream, from) {
      await settled()
      const page = `select seq, body from plimsoll_records where journal = $1 and stream = $2 and seq > $3 order by seq`
      for (let [after, skipped] = [0, from]; ; skipped = 0) {
        const { rows } = await database.query(`${page} offset $4 limit ${pageSize}`, [journal, stream, after, skipped])
        if (rows.length === 0) return
        for (const { body } of rows) yield fromText(String(body)) as Rec
        after = Number(rows.at(-1)?.seq)
      }
    },
    close: async () => {
      closing = true
      closedAt = performance.now()
      await settled()
    },
  }
}

const lost = (): KeeperError =>
  new KeeperError('lease-lost', 'another keeper leads by now: what this one had to write was not taken')

/** @returns whether the epoch is still the newest. @throws `store-failed`: it may have been written all the same. */
async function put(
  database: Database,
  journal: string,
  epoch: number | null,
  batch: readonly Waiting[],
): Promise<boolean> {
  const named = batch.flatMap(({ key, record }) => mentions(record).map(({ kind, id }) => [key, kind, id] as const))
  const { rows } = await database.query(insert, [
    ...[journal, epoch],
    ...[batch.map(({ key }) => key), batch.map(({ stream }) => stream)],
    ...[batch.map(({ atMs }) => atMs), batch.map(({ text }) => text)],
    ...[named.map(([key]) => key), named.map(([, kind]) => kind), named.map(([, , id]) => id)],
  ])
  return Number(rows[0]?.held) === 1
}

/** The lease's row is held meanwhile: a later epoch comes before all of it or after all of it. */
const insert = `
with held as (
  select 1 from plimsoll_lease where journal = $1 and ($2::bigint is null or epoch = $2) for no key update
), put as (
  insert into plimsoll_records (journal, key, stream, at_ms, body)
  select $1, key, stream, at_ms, body
  from held, unnest($3::text[], $4::text[], $5::bigint[], $6::text[]) with ordinality as t (key, stream, at_ms, body, place)
  order by place
  on conflict (journal, key) do nothing
  returning seq, key
), named as (
  insert into plimsoll_mentions (kind, id, seq)
  select kind, id, seq from unnest($7::text[], $8::text[], $9::text[]) as m (key, kind, id) join put using (key)
  on conflict do nothing
)
select count(*) as held from held`
