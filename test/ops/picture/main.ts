import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { browse } from '../../browser.ts'
import type { DashboardJson } from '../../grafana/lint.ts'
import { root } from '../../walls/source-files.ts'
import { watchedCrash } from '../watched-crash.ts'
import { bundle, draw } from './draw.ts'
import { figuresOf } from './figures.ts'
import { fetchPackages } from './packages.ts'

/**
 * Draws the dashboards' picture with Grafana's components: a real keeper in the sandbox's crash, scraped by a real
 * Prometheus. Further dashboards by name, to look at, into `.cache/picture`.
 */
const pictured = 'overview'
const bytesMost = 400_000
const pace = { scrapeSeconds: 2, calmBlocks: 4, blocksPerStep: 3, faultySteps: [1, 3, 4], restMs: 3_000 }
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const modules = fetchPackages()
bundle(modules)
say('a keeper lives through a crash, for two minutes')
const crash = await watchedCrash(pace)
const scrapes = await crash.prometheus.query('up', { ...crash, step: pace.scrapeSeconds })
const missed = scrapes.flatMap(({ values }) => values).filter((one) => one === 0).length
if (missed > 0) say(`${missed} scrapes were not answered in time and leave gaps: draw it while the machine is idle`)
const browser = await browse()
try {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-US' })
  const page = await context.newPage()
  page.on('pageerror', (error) => say(`error: ${error.message}`))
  for (const name of new Set([pictured, ...process.argv.slice(2)])) {
    const file = join(root, 'ops', 'grafana', 'dashboards', `${name}.json`)
    const dashboard = JSON.parse(readFileSync(file, 'utf8')) as DashboardJson
    const to = name === pictured ? join(root, 'docs', 'dashboards.png') : join(root, '.cache', 'picture', `${name}.png`)
    mkdirSync(join(to, '..'), { recursive: true })
    await draw(page, modules, await figuresOf(dashboard, crash), to)
    say(`${to}: ${Math.round(statSync(to).size / 1_000)} kB`)
    if (name === pictured && statSync(to).size > bytesMost) throw new Error(`larger than ${bytesMost} bytes`)
  }
} finally {
  await browser.close()
  await crash.stop()
}
