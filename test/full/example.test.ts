import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { build, type Example } from '../example/build.ts'
import { play } from '../example/play.ts'

const example = JSON.parse(readFileSync(new URL('../example/example.json', import.meta.url), 'utf8')) as Example

it('the example comes out as written down: hash, capture rate, profit and misses; each proven act gains what was foreseen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-example-'))
  try {
    const built = await build(example, (text) => void process.stderr.write(text))
    expect(built.digest).toBe(example.digest)
    const figures = await play(built, join(folder, 'report.html'))
    expect(figures).toEqual(example.figures)
    expect(figures.exact).toBe(figures.proven)
    expect(figures.there - figures.captured).toBeGreaterThan(0.3 * figures.there)
    expect(figures.forced).toEqual({ asked: 20, paid: 0 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 600_000)
