import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/**
 * How an operator at another terminal reaches a running keeper: a file that stops it, and one beside it that names
 * guards to close. Files work from any shell, in any container, with the keeper's own permissions as the only key.
 */
export type KillFile = {
  readonly isThere: () => boolean
  /** What was written into it, and when; `null` while it is not there. */
  readonly read: () => { readonly why: string; readonly sinceMs: number } | null
  readonly make: (why: string) => void
  readonly remove: () => void
  /** Asks the keeper to close a tripped guard. */
  readonly askToClose: (guard: string) => void
  /** The guards asked for since the last call. */
  readonly takeAsked: () => readonly string[]
}

export function killFile(path: string): KillFile {
  const asked = `${path}.close`
  return {
    isThere: () => stands(path),
    read: () => (stands(path) ? contentOf(path) : null),
    make: (why) => writeFileSync(path, `${why}\n`),
    remove: () => rmSync(path, { force: true }),
    askToClose: (guard) => writeFileSync(asked, `${guard}\n`, { flag: 'a' }),
    takeAsked: () => {
      if (!existsSync(asked)) return []
      const names = readFileSync(asked, 'utf8').split('\n').filter(Boolean)
      rmSync(asked, { force: true })
      return [...new Set(names)]
    },
  }
}

/** What stands there and cannot be read holds back all the same. */
function contentOf(path: string): { readonly why: string; readonly sinceMs: number } {
  let sinceMs = 0
  try {
    sinceMs = lstatSync(path).mtimeMs
    return { why: readFileSync(path, 'utf8').trim(), sinceMs }
  } catch (error) {
    return { why: `it cannot be read (${(error as NodeJS.ErrnoException).code})`, sinceMs }
  }
}

/** Only a file that is known not to be there lets anything through: a folder that cannot be looked into holds back. */
function stands(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}
