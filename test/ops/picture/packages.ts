import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KeeperError } from '#core/error.ts'
import { root } from '../../walls/source-files.ts'

const packages = [
  {
    name: '@grafana/ui',
    version: '13.2.2',
    integrity: 'sha512-iEtiNhw8vye8HZ3u2t+Wv1cXIhaVBp6zc4gSf/o15Q8Q7bQ+rL4+zh2aCRuyoNy+jRycxoB8/itbJx+OSVdvng==',
  },
  {
    name: '@grafana/data',
    version: '13.2.2',
    integrity: 'sha512-h1SLL4nunluqc0Rkmmv3IwUdCtBY7gIkOkbc8ymUr8HMXEXCmDonQekXUbipLQQa2ZEMQOe7LY+pmH3Qeb536w==',
  },
  {
    name: 'react',
    version: '19.2.3',
    integrity: 'sha512-Ku/hhYbVjOQnXDZFv2+RibmLFGwFdeeKHFcOTlrt7xplBnya5OGn/hIRDsqDiSUcfORsDC7MPxwork8jBwsIWA==',
  },
  {
    name: 'react-dom',
    version: '19.2.3',
    integrity: 'sha512-yELu4WmLPw5Mr/lmeEpox5rw3RETacE++JgHqQzd2dg+YbJuat3jH4ingc+WPZhxaoFzdv9y33G+F7Nl5O0GBg==',
  },
  {
    name: '@fontsource/inter',
    version: '5.2.8',
    integrity: 'sha512-P6r5WnJoKiNVV+zvW2xM13gNdFhAEpQ9dQJHt3naLvfg+LkF2ldgSLiF4T41lf1SQCM9QmkqPTn4TH568IRagg==',
  },
  {
    name: 'esbuild',
    version: '0.28.2',
    integrity: 'sha512-HKVLS8dvII+xoKW9kmqxbRKrnWEXfJJr/FZhhJmiqIB0e053QNYFqOBouTMO/k5sID4MvCiUCvv8b9M4h32wIA==',
  },
] as const

const folder = join(root, '.cache', 'picture')
const installed = join(folder, 'node_modules')

/**
 * Grafana's components and what builds a page of them, fetched on first use (410 MB, a minute): they are no dependency
 * of the project. Each is checked against the hash it was first read by; what they bring along is as npm resolves it.
 * Returns the folder of modules. @throws `bad-answer` where a hash differs.
 */
export function fetchPackages(): string {
  const wanted = JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
  })
  const said = join(folder, 'package.json')
  const lock = join(installed, '.package-lock.json')
  if (existsSync(lock) && existsSync(said) && readFileSync(said, 'utf8') === wanted) return installed
  mkdirSync(folder, { recursive: true })
  writeFileSync(said, wanted)
  const how = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  execFileSync('npm', ['install', ...how], { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })
  const got = JSON.parse(readFileSync(lock, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly integrity?: string }>>
  }
  for (const { name, version, integrity } of packages) {
    const hash = got.packages[`node_modules/${name}`]?.integrity
    if (hash === integrity) continue
    rmSync(installed, { recursive: true })
    throw new KeeperError('bad-answer', `${name} ${version} is not what it was: ${hash} instead of ${integrity}`)
  }
  return installed
}
