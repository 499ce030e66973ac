import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KeeperError } from '#core/error.ts'

/** By name, each with its text. */
export type Files = Readonly<Record<string, string>>

const written = ['plimsoll.yaml', '.env', 'compose.yaml']
const ofNewKey = ['operator.json', 'operator.password']

/** Before anything is asked. @throws `bad-argument`, naming what is there already. */
export function refuseToOverwrite(folder: string, hasNewKey: boolean): void {
  const there = [...written, ...(hasNewKey ? ofNewKey : [])].filter((name) => existsSync(join(folder, name)))
  if (there.length > 0)
    throw new KeeperError(
      'bad-argument',
      `${folder} holds ${there.join(' and ')} already: move that away, or give another --folder`,
    )
}

/** A node's URL may hold a password, a relay's a key: not `.env` alone is its owner's to read. */
const mode = 0o600

/** All of them or none; one that has come to be meanwhile is not overwritten. @throws `bad-argument`. */
export function writeFiles(folder: string, files: Files): readonly string[] {
  const done: string[] = []
  try {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name)
      writeFileSync(path, text, { flag: 'wx', mode })
      done.push(path)
    }
    return done
  } catch (cause) {
    for (const path of done) rmSync(path)
    throw new KeeperError('bad-argument', `${folder} cannot be written: ${(cause as Error).message}`, { cause })
  }
}
