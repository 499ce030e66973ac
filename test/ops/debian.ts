import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { KeeperError } from '#core/error.ts'

/** Where a program is, or `null`. */
export function onPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not in this folder.
    }
  }
  return null
}

/**
 * Debian's packages, unpacked into a folder on first use, without installing anything; `program`: one of theirs, by its
 * path in there. @throws `unsupported`, in the words of `missing`.
 */
export function unpack(folder: string, packages: readonly string[], program: string, missing: string): void {
  if (existsSync(join(folder, program))) return
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('apt-get', ['download', ...packages], { cwd: folder, stdio: 'pipe' })
    for (const file of readdirSync(folder).filter((one) => one.endsWith('.deb')))
      execFileSync('dpkg', ['-x', join(folder, file), folder], { stdio: 'pipe' })
  } catch (cause) {
    throw new KeeperError('unsupported', missing, { cause })
  }
}
