import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { KeeperError } from '#core/error.ts'
import { root } from '../walls/source-files.ts'

/** A program, and what must be written before its own arguments. */
export type Tool = { readonly command: string; readonly before: readonly string[] }
export type Tools = Readonly<Record<'prometheus' | 'promtool' | 'alertmanager' | 'amtool', Tool>>

const folder = join(root, '.cache', 'ops')
const packages = ['prometheus', 'prometheus-alertmanager']
const missing = `Prometheus and Alertmanager are missing: install ${packages.join(' and ')} (Debian), or put prometheus, \
promtool, alertmanager and amtool on PATH`

/**
 * Prometheus and Alertmanager, real ones: from PATH, else Debian's packages unpacked into `.cache/ops`, without
 * installing anything. @throws `unsupported`, saying what is missing.
 */
export function tools(): Tools {
  const found = {
    prometheus: onPath('prometheus'),
    promtool: onPath('promtool'),
    alertmanager: onPath('alertmanager') ?? onPath('prometheus-alertmanager'),
    amtool: onPath('amtool'),
  }
  if (Object.values(found).every((one) => one !== null)) return found as Tools
  const bin = unpacked()
  const plain = (name: string): Tool => ({ command: join(bin, name), before: [] })
  return {
    prometheus: plain('prometheus'),
    promtool: plain('promtool'),
    amtool: plain('amtool'),
    alertmanager: { command: 'unshare', before: ['-rm', 'sh', '-c', seesItsTemplates, join(folder, 'usr')] },
  }
}

/** Debian's Alertmanager reads its templates under /usr/share: in a namespace of its own these are the unpacked ones. */
const seesItsTemplates = 'mount --bind "$0/share" /usr/share && exec "$0/bin/prometheus-alertmanager" "$@"'

function onPath(name: string): Tool | null {
  for (const one of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(one, name), constants.X_OK)
      return { command: join(one, name), before: [] }
    } catch {
      // Not in this folder.
    }
  }
  return null
}

function unpacked(): string {
  const bin = join(folder, 'usr', 'bin')
  if (packages.every((name) => existsSync(join(bin, name)))) return bin
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('apt-get', ['download', ...packages], { cwd: folder, stdio: 'pipe' })
    for (const file of readdirSync(folder).filter((one) => one.endsWith('.deb')))
      execFileSync('dpkg', ['-x', join(folder, file), folder], { stdio: 'pipe' })
  } catch (cause) {
    throw new KeeperError('unsupported', missing, { cause })
  }
  return bin
}
