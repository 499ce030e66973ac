import { fork } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { measure, type Row } from './measure.ts'
import { pageOf } from './page.ts'
import { plotOf } from './plot.ts'

const help = `Measures what docs/performance.md says, and writes that page anew.

  npm run bench                    everything, as a table on the way and a page at the end
  npm run bench -- --json          ends with one JSON object: {metrics: {name: {value, unit, reference, ratio, …}}}
  npm run bench -- --only quote    benchmarks whose file's name begins so; no page is written
  npm run bench -- --quick         one repeat each: whether it runs and arms agree, not how fast it is; no page
  npm run bench -- --page          the page anew, from what each benchmark measured last

All arms of a metric take turns in one process; a ratio is the median of the repeats' own ratios. It ends with 1 where a
figure that must hold does not (counts, bytes, equal results), never because a machine is slow.
`
const folder = fileURLToPath(new URL('.', import.meta.url))
const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url))
const kept = fileURLToPath(new URL('../.cache/bench/', import.meta.url))
const plot = fileURLToPath(new URL('../docs/performance.svg', import.meta.url))
const say = (text: string): void => void process.stderr.write(`${text}\n`)

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    only: { type: 'string' },
    one: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

/** In a process of its own: a benchmark's heap and compiled code are no other's. */
async function runOne(file: string): Promise<void> {
  const { bench } = (await import(new URL(file, import.meta.url).href)) as { readonly bench: Bench }
  const rows = await measure(bench, say, options.quick)
  process.send?.(rows)
  process.disconnect?.()
}

async function runAll(): Promise<number> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name.startsWith(options.only ?? ''))
    .filter((name) => /^export const bench: Bench/m.test(readFileSync(new URL(name, import.meta.url), 'utf8')))
    .sort()
  const rows: Row[] = []
  let broken = 0
  for (const file of files) {
    const found = await measured(file)
    if (found === null) broken += 1
    else rows.push(...found)
    if (found !== null && !options.quick) keep(file, found)
  }
  if (options.only === undefined && !options.quick && broken === 0) {
    await writePage(rows)
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ metrics: byName(rows) }, null, 2)}\n`)
  const failed = rows.filter(({ holds, isRequired }) => isRequired && !holds)
  for (const { name, value, target } of failed) say(`${name} is ${value}, and must be ${target}`)
  return failed.length + broken === 0 ? 0 : 1
}

function keep(file: string, rows: readonly Row[]): void {
  mkdirSync(kept, { recursive: true })
  writeFileSync(`${kept}${file}.json`, JSON.stringify(rows))
}

async function writePage(rows: readonly Row[]): Promise<void> {
  writeFileSync(plot, await plotOf(rows))
  writeFileSync(page, pageOf(rows, machine()))
}

const lastMeasured = (): readonly Row[] =>
  readdirSync(kept)
    .sort()
    .flatMap((file) => JSON.parse(readFileSync(`${kept}${file}`, 'utf8')) as Row[])

function measured(file: string): Promise<readonly Row[] | null> {
  const flags = ['--one', file, ...(options.quick ? ['--quick'] : [])]
  const child = fork(fileURLToPath(import.meta.url), flags, {
    execArgv: ['--expose-gc', '--max-semi-space-size=64'],
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  return new Promise((resolve) => {
    let rows: readonly Row[] | null = null
    child.on('message', (found) => {
      rows = found as readonly Row[]
    })
    child.on('exit', (code) => {
      if (code !== 0 || rows === null) say(`${file} ended with ${code} and no result`)
      resolve(code === 0 ? rows : null)
    })
  })
}

const byName = (rows: readonly Row[]): Record<string, Omit<Row, 'name'>> =>
  Object.fromEntries(rows.map(({ name, ...rest }) => [name, rest]))

const machine = (): string =>
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.versions.node}`

if (options.help) process.stdout.write(help)
else if (options.one !== undefined) await runOne(options.one)
else if (options.page) await writePage(lastMeasured())
else process.exitCode = await runAll()
