import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeeperError } from '#core/error.ts'
import { folderOf, type HeavyPackage, heavyPackages } from '../../strategies/compound-v2/fixture/venus-packages.ts'

/**
 * Fetches Venus' packages, which are 750 MB unpacked, keeps the two dozen artifacts that are deployed, and forgets the
 * rest. Each is checked against the hash it was read by. A second run finds them and does nothing.
 */
const say = (text: string): void => void process.stdout.write(`${text}\n`)

function fetched(one: HeavyPackage): void {
  const { name, version, integrity, megabytes, files } = one
  const to = folderOf(one)
  const missing = Object.values(files).filter((file) => !existsSync(join(to, file)))
  if (missing.length === 0) {
    say(`${name} ${version}: is there`)
    return
  }
  say(`${name} ${version}: fetching ${megabytes} MB`)
  const scratch = mkdtempSync(join(tmpdir(), 'plimsoll-venus-'))
  try {
    const packed = execFileSync('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', scratch], {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })
    const archive = join(scratch, packed.trim().split('\n').at(-1) ?? '')
    const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
    if (hash !== integrity)
      throw new KeeperError('bad-answer', `${name} ${version} is not what it was: ${hash} instead of ${integrity}`)
    say(`${name} ${version}: hash is right, keeping ${Object.keys(files).length} artifacts`)
    mkdirSync(to, { recursive: true })
    const members = Object.values(files).map((file) => `package/${file}`)
    execFileSync('tar', ['-xzf', archive, '-C', to, '--strip-components=1', ...members])
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

try {
  for (const one of heavyPackages) fetched(one)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
