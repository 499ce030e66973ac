import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KeeperError } from '#core/error.ts'
import { root } from '../walls/source-files.ts'
import { onPath, unpack } from './debian.ts'

const folder = join(root, '.cache', 'ops', 'image')
/** Nothing is taken from a registry, so nothing of one need be signed. */
const policy = ['--signature-policy', join(folder, 'policy.json')]
const debs = ['buildah', 'libgpgme11', 'libsubid4', 'mmdebstrap']
const missing = `buildah is missing, with which the image is built without a daemon: install buildah and mmdebstrap \
(Debian), and run as root`

/** What an image says of how it is run. */
export type ImageConfig = {
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly Env: readonly string[]
  readonly User: string
  readonly WorkingDir: string
  readonly StopSignal: string
  readonly Healthcheck: { readonly Test: readonly string[] }
}
export type Image = {
  readonly config: ImageConfig
  /** Unpacked, in bytes. */
  readonly bytes: number
  readonly buildSeconds: number
  /** Its files, on this machine. */
  readonly root: string
  readonly remove: () => void
}

/**
 * The image as the Dockerfile says, built for real. No registry of images is asked: the base is Debian's own packages
 * and the Node these tests run on. @throws `unsupported`, saying what is missing.
 */
export function buildImage(): Image {
  const buildah = buildahOf()
  const base = baseImage(buildah)
  const startedMs = Date.now()
  const certificate = process.env.NODE_EXTRA_CA_CERTS
  const secret = certificate === undefined ? [] : ['--secret', `id=extra_ca,src=${certificate}`]
  const args = ['--build-arg', `NODE_IMAGE=${base}`, '--build-arg', `BASE_IMAGE=${base}`]
  const how = ['--isolation', 'chroot', '--network', 'host', '--format', 'docker', '--layers=false']
  buildah(['bud', ...policy, '--pull-never', ...how, ...secret, ...args, '--tag', 'plimsoll', root])
  const buildSeconds = (Date.now() - startedMs) / 1_000
  const container = buildah(['from', ...policy, '--pull-never', 'plimsoll']).trim()
  const mounted = buildah(['mount', container]).trim()
  const { Docker } = JSON.parse(buildah(['inspect', container])) as { Docker: { config: ImageConfig } }
  return {
    config: Docker.config,
    bytes: Number(execFileSync('du', ['-sb', mounted], { encoding: 'utf8' }).split('\t')[0]),
    buildSeconds,
    root: mounted,
    remove: () => {
      buildah(['rm', container])
      buildah(['rmi', '--force', 'plimsoll'])
    },
  }
}

type Buildah = (args: readonly string[]) => string

/** It starts itself again without its environment: in a namespace of its own the unpacked libraries are the machine's. */
const withLibraries = `mount -t overlay overlay -o lowerdir="$0/$1:/$1" "/$1" && shift && exec "$0/usr/bin/buildah" "$@"`

function buildahOf(): Buildah {
  if (process.getuid?.() !== 0) throw new KeeperError('unsupported', missing)
  const storage = join(folder, 'storage')
  mkdirSync(storage, { recursive: true })
  writeFileSync(join(folder, 'policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}')
  const own = onPath('buildah')
  const [command, before] =
    own === null ? ['unshare', ['--mount', 'sh', '-c', withLibraries, ...unpacked()]] : [own, []]
  const global = ['--root', storage, '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']
  const how = { cwd: root, env: { ...process.env, TMPDIR: '/var/tmp' }, maxBuffer: 2 ** 26 }
  return (args) => execFileSync(command, [...before, ...global, ...args], { ...how, encoding: 'utf8', stdio: 'pipe' })
}

/** Debian's packages, unpacked: where, and the libraries' folder in there. */
function unpacked(): readonly [string, string] {
  unpack(folder, debs, join('usr', 'bin', 'buildah'), missing)
  const libraries = readdirSync(join(folder, 'usr', 'lib')).find((name) => name.endsWith('-linux-gnu')) ?? ''
  return [folder, join('usr', 'lib', libraries)]
}

/** What `node:24-bookworm-slim` is, near enough: Debian's smallest, with Node and npm. Made once. */
function baseImage(buildah: Buildah): string {
  const name = 'localhost/plimsoll-base'
  if (buildah(['images', '--format', '{{.Name}}']).split('\n').includes(name)) return name
  const tar = join(folder, 'base.tar')
  const bootstrap = onPath('mmdebstrap') ?? join(unpacked()[0], 'usr', 'bin', 'mmdebstrap')
  const how = ['--mode=root', '--variant=minbase', `--customize-hook=${lean}`]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (!existsSync(tar)) {
    try {
      const stdio = ['ignore', 'pipe', 'pipe'] as const
      execFileSync(bootstrap, [...how, 'bookworm', `${tar}.tar`, 'http://deb.debian.org/debian'], {
        env,
        stdio: [...stdio],
      })
      renameSync(`${tar}.tar`, tar)
    } catch (cause) {
      throw new KeeperError('unsupported', 'no base can be made: mmdebstrap finds no Debian packages', { cause })
    }
  }
  const own = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim()
  const container = buildah(['from', 'scratch']).trim()
  buildah(['add', container, tar, '/'])
  buildah(['copy', container, process.execPath, '/usr/local/bin/node'])
  buildah(['copy', container, join(own, 'npm'), '/usr/local/lib/node_modules/npm'])
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(buildah(['mount', container]).trim(), 'usr/local/bin/npm'))
  buildah(['config', '--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', container])
  buildah(['commit', ...policy, '--rm', container, name])
  rmSync(tar)
  return name
}

/** Left out of the base, as the slim images do. */
const lean = [
  '/var/lib/apt/lists/*',
  '/var/cache/apt/*',
  '/usr/share/doc',
  '/usr/share/locale',
  '/usr/share/man',
].reduce((command, path) => `${command} "$1"${path}`, 'rm -rf')
