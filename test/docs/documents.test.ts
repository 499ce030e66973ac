import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { projectFiles, root } from '../walls/source-files.ts'
import { withTables } from './tables.ts'

const text = (path: string): string => readFileSync(join(root, path), 'utf8')
const documents = projectFiles().filter(({ path }) => path.endsWith('.md'))

/** The names a closed union of the core has. */
function namesOf(type: string, file: string): readonly string[] {
  const union = new RegExp(`export type ${type} =([\\s\\S]*?)\\n\\n`).exec(`${text(file)}\n\n`)?.[1] ?? ''
  return [...union.matchAll(/'([a-z-]+)'/g)].map(([, name = '']) => name)
}

describe('the documents', () => {
  it('have the tables of the schema and the metrics: else run `npm run docs`', async () => {
    expect(text('README.md')).toBe(await withTables(text('README.md')))
  })

  it('give every reason to skip a row, and none that is not one', () => {
    const reasons = [...namesOf('GateReason', 'src/core/opportunity.ts'), ...namesOf('SkipReason', 'src/core/plan.ts')]
    expect(reasons.length).toBeGreaterThan(20)
    const section = text('docs/operating.md').split('## Why a position was left alone')[1]?.split('\n## ')[0] ?? ''
    const rows = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)
    expect([...rows].sort()).toEqual([...reasons].sort())
  })

  it('give every reason of a miss a row, and none that is not one', () => {
    const reasons = namesOf('MissReason', 'src/core/miss.ts')
    expect(reasons.length).toBeGreaterThan(10)
    const rows = [...text('docs/misses.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)
    expect([...rows].sort()).toEqual([...reasons].sort())
  })

  it('link to files that are there', () => {
    expect(documents.length).toBeGreaterThan(5)
    for (const { path, text: body } of documents) {
      for (const [, to = ''] of body.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)/g)) {
        expect(existsSync(join(root, dirname(path), to)), `${path} links to ${to}`).toBe(true)
      }
    }
  })

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }
    for (const { path, text: body } of documents) {
      for (const [, name = ''] of body.matchAll(/npm run ([a-z:]+)/g)) {
        expect(Object.keys(scripts), `${path}: npm run ${name}`).toContain(name)
      }
    }
  })

  it('show configurations that are read without a mistake', async () => {
    const registry = await discover()
    const env = { DATABASE_URL: 'postgres://user@127.0.0.1/plimsoll', RPC_URL: 'https://node.example/' }
    const readme = [...text('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml)
    expect(readme.length).toBeGreaterThan(0)
    const example = text('plimsoll.example.yaml')
    // What is commented out for a dry run must hold as well once it is wanted.
    const live = example
      .replace(/^# (executor:|keys:|journal:|submission:)$/gm, '$1')
      .replace(/^# {3}/gm, '  ')
      .replace(/address: "0x…"/, 'address: "0x5FbDB2315678afecb367f032d93F642f64180aa3"')
      .replace(/sink: "0x…"/, 'sink: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"')
    expect(live).not.toBe(example)
    for (const one of [...readme, example, live]) {
      expect(loadConfig({ file: 'plimsoll.yaml', text: one, env, flags: {}, registry }).protocols).toHaveLength(1)
    }
  })
})
