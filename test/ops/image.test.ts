import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { deployAndConfigure } from '../../src/cli/demo/deploy-and-configure.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { buildImage, type Image } from './buildah.ts'

/**
 * The image, built and run as a container is: its root read-only, its user, its own command as process 1, and /data the
 * only place it may write. The chain is the sandbox.
 */
let image: Image
let sandbox: Sandbox
let port: number
const data = mkdtempSync(join(tmpdir(), 'image-'))

beforeAll(async () => {
  image = buildImage()
  sandbox = await startSandbox({ borrowers: 'few' })
  port = await freePort()
  const { text } = await deployAndConfigure(sandbox, { journalPath: 'plimsoll.sqlite', snapshotPath: 'plimsoll.book' })
  writeFileSync(join(data, 'plimsoll.yaml'), `${text}http:\n  port: ${port}\n`)
  const keys = Object.entries(sandboxEnv(sandbox)).map(([name, key]) => `${name}=${key}\n`)
  writeFileSync(join(data, '.env'), keys.join(''))
  // As `docker run --user` does with the folder's owner.
  execFileSync('chown', ['-R', image.config.User, data])
  chmodSync(data, 0o700)
}, 600_000)
afterAll(async () => {
  await sandbox?.stop()
  image?.remove()
  rmSync(data, { recursive: true, force: true })
})

/** In namespaces of its own; the root bound read-only, as `--read-only` and `--user` have it. */
const asContainer = `set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
for of in dev proc sys; do mkdir -p "$ROOT/$of"; done
mount --rbind /dev "$ROOT/dev"
mount -t proc proc "$ROOT/proc"
mount --bind "$DATA" "$ROOT/data"
mount -o remount,ro,bind "$ROOT"
exec chroot --userspec="$RUN_AS:$RUN_AS" "$ROOT" /usr/bin/env -i --chdir="$DIR" "$@"`

type Container = { readonly child: ChildProcess; readonly said: () => string; readonly ended: Promise<number | null> }

function start(command: readonly string[]): Container {
  const { Env, User, WorkingDir } = image.config
  const child = spawn('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', asContainer, 'sh', ...Env, ...command], {
    env: { ...process.env, ROOT: image.root, DATA: data, RUN_AS: User, DIR: WorkingDir },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      said += part
    })
  return { child, said: () => said, ended: new Promise((done) => child.on('exit', done)) }
}

/** The signal goes to what is process 1 inside. */
const signal = (container: Container, name: NodeJS.Signals): void => {
  const [inside] = readFileSync(`/proc/${container.child.pid}/task/${container.child.pid}/children`, 'utf8').split(' ')
  process.kill(Number(inside), name)
}
const ask = async (path: string): Promise<number> =>
  fetch(`http://127.0.0.1:${port}${path}`).then(
    ({ status }) => status,
    () => 0,
  )

describe('the image', () => {
  it('holds the keeper and nothing that it does not run on', () => {
    const at = (path: string): boolean => existsSync(join(image.root, 'app', path))
    expect(at('src/main.ts')).toBe(true)
    for (const path of ['sandbox', 'test', '.env', 'node_modules/vitest', 'node_modules/node'])
      expect(at(path), path).toBe(false)
    const megabytes = Math.round(image.bytes / 1e6)
    process.stdout.write(`image: ${megabytes} MB unpacked, built in ${image.buildSeconds.toFixed(0)} s\n`)
    expect(megabytes).toBeLessThan(400)
  })

  it('follows a chain as a nobody with a read-only root, is healthy, and drains on SIGTERM', {
    timeout: 240_000,
  }, async () => {
    const { Entrypoint, Cmd, Healthcheck, StopSignal } = image.config
    const startedMs = Date.now()
    const keeper = start([...Entrypoint, ...Cmd])
    try {
      const ready = async (): Promise<void> => expect(await ask('/readyz'), keeper.said()).toBe(200)
      await vi.waitFor(ready, { timeout: 120_000, interval: 50 })
      process.stdout.write(`image: ready ${((Date.now() - startedMs) / 1_000).toFixed(1)} s after its start\n`)
      await sandbox.mine()
      const head = async (): Promise<number> => {
        const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
        return Number(/^plimsoll_head_number (\d+)$/m.exec(text)?.[1])
      }
      const before = await head()
      await sandbox.mine()
      await vi.waitFor(async () => expect(await head()).toBeGreaterThan(before), { timeout: 60_000, interval: 50 })
      const [kind, ...check] = Healthcheck.Test
      expect(kind).toBe('CMD')
      expect(await start([`PLIMSOLL_HTTP_PORT=${port}`, ...check]).ended).toBe(0)
      expect(await start(['PLIMSOLL_HTTP_PORT=1', ...check]).ended).toBe(1)
      signal(keeper, StopSignal as NodeJS.Signals)
      expect(await keeper.ended, keeper.said()).toBe(0)
      expect(keeper.said()).toContain('"event":"stopped"')
      expect(existsSync(join(data, 'plimsoll.book'))).toBe(true)
    } finally {
      keeper.child.kill('SIGKILL')
    }
  })

  it('may write nothing but its data, and is not root', { timeout: 120_000 }, async () => {
    mkdirSync(data, { recursive: true })
    const tries = `const { writeFileSync } = require('node:fs')
      const may = (path) => { try { writeFileSync(path, ''); return true } catch { return false } }
      process.stdout.write(JSON.stringify([process.getuid(), may('/data/x'), may('/app/x'), may('/x'), may('/usr/local/bin/node')]))`
    const tried = start(['node', '-e', tries])
    expect(await tried.ended, tried.said()).toBe(0)
    expect(JSON.parse(tried.said())).toEqual([10001, true, false, false, false])
  })

  it('deploys and looks around without a compiler: the executor is built in', { timeout: 120_000 }, async () => {
    const doctor = start([...image.config.Entrypoint, 'doctor', '--quick', '--json'])
    await doctor.ended
    const checks = JSON.parse(doctor.said().slice(doctor.said().indexOf('['))) as { name: string; state: string }[]
    expect(
      checks.find(({ name }) => name === 'executor code'),
      doctor.said(),
    ).toMatchObject({ state: 'ok' })
  })
})
