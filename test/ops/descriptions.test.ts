import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { KeeperError } from '#core/error.ts'
import { root } from '../walls/source-files.ts'
import { onPath, unpack } from './debian.ts'

const folder = mkdtempSync(join(tmpdir(), 'descriptions-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the compose file', () => {
  const text = readFileSync(join(root, 'ops', 'compose.yaml'), 'utf8')

  it('is read by docker-compose itself, which finds a planted mistake', () => {
    const [command, before, env] = compose()
    const read = (file: string) =>
      spawnSync(command, [...before, '--file', file, 'config', '--quiet'], { env, encoding: 'utf8' })
    expect(read(join(root, 'ops', 'compose.yaml'))).toMatchObject({ status: 0, stderr: '' })
    const wrong = join(folder, 'wrong.yaml')
    writeFileSync(wrong, text.replace('read_only:', 'readonly:'))
    expect(read(wrong).status).not.toBe(0)
    expect(read(wrong).stderr).toContain('readonly')
  })
})

/** Of Debian's packages, a Python program and what it imports. */
const imported = ['cached-property', 'distro', 'docker', 'dockerpty', 'docopt', 'dotenv', 'jsonschema', 'requests']
const further = ['texttable', 'websocket', 'yaml', 'urllib3', 'idna', 'chardet', 'certifi', 'attr', 'pyrsistent']
const packages = ['docker-compose', ...[...imported, ...further, 'six', 'packaging'].map((name) => `python3-${name}`)]

function compose(): readonly [string, readonly string[], NodeJS.ProcessEnv] {
  const own = onPath('docker-compose')
  if (own !== null) return [own, [], process.env]
  const there = join(root, '.cache', 'ops', 'docker-compose')
  const program = join('usr', 'bin', 'docker-compose')
  unpack(there, packages, program, 'docker-compose is missing: install it (Debian), or put it on PATH')
  const env = { ...process.env, PYTHONPATH: join(there, 'usr', 'lib', 'python3', 'dist-packages') }
  return ['/usr/bin/python3', [join(there, program)], env]
}

/** As systemd reads it; the programs it names are put where the unit looks for them, below a folder. */
function verify(analyze: string, text: string): string {
  const node = /^ExecStart=(\S+)/m.exec(text)?.[1] ?? ''
  for (const program of [node, '/bin/kill', '/usr/sbin/nologin']) {
    mkdirSync(join(folder, program, '..'), { recursive: true })
    writeFileSync(join(folder, program), '#!/bin/sh\n', { mode: 0o755 })
  }
  const units = join(folder, 'etc', 'systemd', 'system')
  mkdirSync(units, { recursive: true })
  writeFileSync(join(units, 'plimsoll.service'), text)
  for (const target of [
    'network-online.target',
    'sysinit.target',
    'basic.target',
    'shutdown.target',
    'multi-user.target',
  ])
    writeFileSync(join(units, target), '[Unit]\nDescription=there\nDefaultDependencies=no\n')
  for (const slice of ['system.slice', '-.slice']) writeFileSync(join(units, slice), '[Unit]\nDescription=there\n')
  // What it does not know it only warns of.
  return spawnSync(analyze, ['verify', `--root=${folder}`, 'plimsoll.service'], { encoding: 'utf8' }).stderr
}

describe('the systemd unit', () => {
  const file = join(root, 'ops', 'systemd', 'plimsoll.service')
  const unit = readFileSync(file, 'utf8')

  it('is read by systemd, which finds a planted mistake, and shuts out most of the machine', () => {
    const analyze = onPath('systemd-analyze')
    if (analyze === null) throw new KeeperError('unsupported', 'systemd-analyze is missing: install systemd (Debian)')
    expect(verify(analyze, unit)).toBe('')
    expect(verify(analyze, unit.replace('ProtectHome=yes', 'ProtectHomes=yes'))).toContain('ProtectHomes')
    const graded = execFileSync(analyze, ['security', '--offline=yes', '--threshold=20', file], { encoding: 'utf8' })
    expect(graded).toContain('Overall exposure level')
  })
})
