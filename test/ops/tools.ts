import { join } from 'node:path'
import { root } from '../walls/source-files.ts'
import { onPath, unpack } from './debian.ts'

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
  const plain = (command: string): Tool => ({ command, before: [] })
  const found = [
    onPath('prometheus'),
    onPath('promtool'),
    onPath('alertmanager') ?? onPath('prometheus-alertmanager'),
    onPath('amtool'),
  ].flatMap((one) => (one === null ? [] : [plain(one)]))
  const [prometheus, promtool, alertmanager, amtool] = found
  if (prometheus && promtool && alertmanager && amtool) return { prometheus, promtool, alertmanager, amtool }
  unpack(folder, packages, join('usr', 'bin', 'amtool'), missing)
  const own = (name: string): Tool => plain(join(folder, 'usr', 'bin', name))
  return {
    prometheus: own('prometheus'),
    promtool: own('promtool'),
    amtool: own('amtool'),
    alertmanager: { command: 'unshare', before: ['-rm', 'sh', '-c', seesItsTemplates, join(folder, 'usr')] },
  }
}

/** Debian's Alertmanager reads its templates under /usr/share: in a namespace of its own these are the unpacked ones. */
const seesItsTemplates = 'mount --bind "$0/share" /usr/share && exec "$0/bin/prometheus-alertmanager" "$@"'
