import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { root } from '../walls/source-files.ts'

type Lint = { readonly run: (path: string, text: string) => { readonly rule: string; readonly line: number }[] }
const { run } = createRequire(import.meta.url)('dockerfilelint') as Lint

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
const lines = dockerfile.split('\n')
const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter(Boolean)

/** What the linter takes for a mistake and is none. */
const accepted: Readonly<Record<string, RegExp>> = {
  // The tag is in the argument's default.
  missing_tag: /^FROM \$\{(NODE|BASE)_IMAGE\}/,
  // It reads no option with a hyphen inside.
  invalid_format: /^HEALTHCHECK .*--start-period=/,
}
const faultsIn = (text: string): readonly string[] => [
  ...run(root, text)
    .filter(({ rule, line }) => accepted[rule]?.test(text.split('\n')[line - 1] ?? '') !== true)
    .map(({ rule, line }) => `line ${line}: ${rule}`),
  ...validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`),
]
/** Of the last stage alone: what runs. */
const said = (instruction: string): string | undefined =>
  lines
    .slice(lines.findLastIndex((line) => line.startsWith('FROM')))
    .find((line) => line.startsWith(`${instruction} `))
    ?.slice(instruction.length + 1)

describe('the Dockerfile', () => {
  it('has no fault that two linters find, and they find planted ones', () => {
    expect(faultsIn(dockerfile)).toEqual([])
    expect(faultsIn(dockerfile.replace('WORKDIR /app', 'WORKDIRR /app'))).not.toEqual([])
    expect(faultsIn(`${dockerfile}\nRUN sudo apt-get install curl\n`)).not.toEqual([])
    expect(faultsIn(`${dockerfile}\nEXPOSE 99999999\n`)).not.toEqual([])
  })

  it('names tagged bases, none of them latest', () => {
    const bases = [...dockerfile.matchAll(/^ARG \w+_IMAGE=(.+)$/gm)].map(([, base]) => base)
    expect(bases).toHaveLength(2)
    for (const base of bases) expect(base).toMatch(/^[a-z/]+:(?!latest)[\w.-]+$/)
  })

  it('runs as nobody of weight, without a shell between it and signals, and says how it is', () => {
    expect(said('USER')).toBe('10001')
    for (const instruction of ['ENTRYPOINT', 'CMD'])
      expect(JSON.parse(said(instruction) ?? '')).toEqual(expect.any(Array))
    expect(said('STOPSIGNAL')).toBe('SIGTERM')
    expect(said('HEALTHCHECK')).toContain('--start-period')
    expect(dockerfile).toMatch(/^HEALTHCHECK [^\n]*\\\n {2}CMD \["node"/m)
  })

  it('is given what a keeper runs on and nothing else: no sandbox, no test, no key', () => {
    expect(ignored[0]).toBe('*')
    const taken = ignored.slice(1).map((line) => line.replace(/^!/, ''))
    expect(taken).toEqual(expect.arrayContaining(['src', 'strategies', 'package-lock.json']))
    for (const never of ['sandbox', 'test', 'bench', '.env', '.cache', 'node_modules'])
      expect(taken).not.toContain(never)
  })
})
