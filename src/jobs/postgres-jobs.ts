import { createBell } from './bell.ts'
import { abandoned, differing, type Failure, type JobOptions, type Jobs, jobPresets, type Settled } from './jobs.ts'
import { openPostgres } from './open-postgres.ts'

const channel = 'plimsoll_jobs'
/** Results nobody asked for in so long are let go. */
const keptDays = 30

/** A lease ends by the database's clock: no machine's own is asked. */
const schema = `
  begin;
  select pg_advisory_xact_lock(hashtext('plimsoll_jobs'));
  create table if not exists plimsoll_jobs (
    id text primary key,
    work text not null,
    place bigint generated always as identity,
    body text not null,
    holder text,
    held_until timestamptz not null default '-infinity',
    tries int not null default 0,
    result text,
    failure jsonb,
    asked_at timestamptz not null default now()
  );
  create index if not exists plimsoll_jobs_open on plimsoll_jobs (work, place) where result is null and failure is null;
  commit;`

const isOpen = 'result is null and failure is null'
const leased = (parameter: string): string => `held_until = clock_timestamp() + ${parameter} * interval '1 millisecond'`
const sql = {
  put: `
    insert into plimsoll_jobs (id, work, body) select id, $1, body from unnest($2::text[], $3::text[]) with ordinality as t (id, body, at) order by at
    on conflict (id) do update set asked_at = now(), failure = null,
      tries = case when plimsoll_jobs.failure is null then plimsoll_jobs.tries else 0 end,
      held_until = case when plimsoll_jobs.failure is null then plimsoll_jobs.held_until else '-infinity' end`,
  forget: `delete from plimsoll_jobs where asked_at < now() - interval '${keptDays} days'`,
  take: `
    update plimsoll_jobs set holder = $2, tries = tries + 1, ${leased('$3')}
    where id = (select id from plimsoll_jobs where work = $1 and ${isOpen} and held_until < clock_timestamp()
      order by place limit 1 for update skip locked)
    returning id, body, tries`,
  renew: `update plimsoll_jobs set ${leased('$3')} where id = $1 and holder = $2 and ${isOpen}`,
  done: `update plimsoll_jobs set result = $2 where id = $1 and ${isOpen}`,
  fail: `update plimsoll_jobs set result = null, failure = $2 where id = $1`,
  result: 'select result from plimsoll_jobs where id = $1',
  giveBack: `
    update plimsoll_jobs set held_until = '-infinity',
      failure = case when $3 or tries >= $4 then $5::jsonb else null end
    where id = $1 and holder = $2 and ${isOpen}`,
  settled: `select id, result, failure from plimsoll_jobs where id = any($1) and not (${isOpen})`,
  tell: `select pg_notify('${channel}', $1)`,
} as const

export type PostgresOptions = JobOptions & {
  readonly url: string
  /** A digest of what all workers must share: only jobs of the same are seen. */
  readonly work: string
}

/**
 * Jobs in a table that any number of machines share. Whoever waits is told by NOTIFY, and looks by itself now and then:
 * a lease that ends tells nobody. @throws `store-failed` where the database cannot be reached.
 */
export async function postgresJobs({ url, work, ...options }: PostgresOptions): Promise<Jobs> {
  const { leaseMs, triesMost } = { ...jobPresets, ...options }
  const bell = createBell()
  const database = await openPostgres(url, channel, (told) => told === null || told === work, bell.ring)
  const { query } = database
  await query(schema)
  const tell = (): Promise<unknown> => query(sql.tell, [work])
  const fail = async (id: string, failure: Failure): Promise<void> => {
    await query(sql.fail, [id, JSON.stringify(failure)])
    await tell()
  }
  return {
    put: async (jobs) => {
      await query(sql.put, [work, jobs.map(({ id }) => id), jobs.map(({ body }) => body)])
      await query(sql.forget)
      await tell()
    },
    take: async (worker) => {
      for (;;) {
        const [row] = (await query(sql.take, [work, worker, leaseMs])).rows
        if (row === undefined) return null
        const id = String(row.id)
        if (Number(row.tries) <= triesMost) return { id, body: String(row.body) }
        await fail(id, abandoned(id, triesMost))
      }
    },
    renew: async (id, worker) => (await query(sql.renew, [id, worker, leaseMs])).rowCount === 1,
    done: async (id, result) => {
      if ((await query(sql.done, [id, result])).rowCount === 0) {
        const [row] = (await query(sql.result, [id])).rows
        if (typeof row?.result === 'string' && row.result !== result) await fail(id, differing(id))
      } else await tell()
    },
    giveBack: async (id, worker, why) => {
      await query(sql.giveBack, [id, worker, !why.retryable, triesMost, JSON.stringify(why)])
      await tell()
    },
    settled: async (ids) => {
      const { rows } = await query(sql.settled, [ids])
      return new Map(
        rows.map(({ id, result, failure }): [string, Settled] => [
          String(id),
          typeof result === 'string' ? { result } : { failure: failure as Failure },
        ]),
      )
    },
    change: bell.wait,
    close: database.close,
  }
}
