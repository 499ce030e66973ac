import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Pool, type QueryResult } from 'pg'
import type { KeeperError } from '#core/error.ts'
import { postgresError } from '#core/postgres-error.ts'

export type Rows = Pick<QueryResult<Record<string, unknown>>, 'rows' | 'rowCount'>
export type Postgres = {
  /** Asked again for half a minute where the database is gone for a while. @throws `store-failed`. */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<Rows>
  readonly close: () => Promise<void>
}

const triesMost = 8
const waitMs = 250
const waitMostMs = 8_000
const relistenMs = 500

/**
 * A pool of connections, and one more that listens. `onTold` runs for what is told on the channel and is `wanted`; with
 * `null` where words may have been lost because the connection was.
 */
export async function openPostgres(
  url: string,
  channel: string,
  wanted: (told: string | null) => boolean,
  onTold: () => void,
): Promise<Postgres> {
  const pool = new Pool({ connectionString: url, max: 8 })
  // A connection that breaks while nobody uses it: the pool opens another when one is needed.
  pool.on('error', () => undefined)
  let isClosed = false
  let ear: Client | null = null
  const listen = async (): Promise<void> => {
    const client = new Client({ connectionString: url, keepAlive: true })
    ear = client
    client.on('error', () => undefined)
    client.on('notification', ({ payload }) => {
      if (wanted(payload ?? null)) onTold()
    })
    client.on('end', () => void again())
    await client.connect()
    await client.query(`listen ${channel}`)
    if (isClosed) await client.end()
    else if (wanted(null)) onTold()
  }
  const again = async (): Promise<void> => {
    await sleep(relistenMs)
    // What `connect` throws, `end` tells too: it is tried again from there.
    if (!isClosed) await listen().catch(() => undefined)
  }
  const query = async (text: string, values?: readonly unknown[]): Promise<Rows> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await (values === undefined ? pool.query(text) : pool.query(text, [...values]))
      } catch (cause) {
        const failure = failed(cause)
        if (!failure.retryable || tries >= triesMost) throw failure
        await sleep(Math.min(waitMostMs, waitMs * 2 ** tries))
      }
    }
  }
  try {
    await pool.query('select 1')
    await listen()
  } catch (cause) {
    isClosed = true
    await pool.end()
    throw failed(cause)
  }
  return {
    query,
    close: async () => {
      isClosed = true
      await ear?.end()
      await pool.end()
    },
  }
}

const failed = (cause: unknown): KeeperError => postgresError(cause, 'DATABASE_URL')
