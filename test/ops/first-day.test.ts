import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { freePort } from '../../sandbox/free-port.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { sandboxConfig } from '../../src/cli/demo/sandbox-config.ts'
import type { Compose } from '../deploy/compose.ts'
import type { DashboardJson } from '../grafana/lint.ts'
import { root } from '../walls/source-files.ts'
import { type Process, run } from './process.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { tools } from './tools.ts'

/**
 * From an empty folder to a dashboard with live data, by the README's own lines. There is no Docker here: where it says
 * `docker compose up`, the keeper is run by hand, and Prometheus with the very files that compose.yaml mounts. Grafana is
 * not run: what its panels ask, Prometheus is asked.
 */
const folder = mkdtempSync(join(tmpdir(), 'first-day-'))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const lines = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.split('\n').filter(Boolean),
)
const shell = { command: 'bash', before: ['-c'] }
let sandbox: Sandbox
let mining: NodeJS.Timeout
let keeper: Process | null = null
let prometheus: Prometheus | null = null
let port: number

beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
  port = await freePort()
  mining = setInterval(() => void sandbox.mine().catch(() => null), 500)
  const journalPath = join(folder, 'unused.sqlite')
  writeFileSync(join(folder, 'deployments.yaml'), sandboxConfig(sandbox, { executor: null, journalPath, dryRun: true }))
})
afterAll(async () => {
  clearInterval(mining)
  await keeper?.stop()
  await prometheus?.stop()
  await sandbox?.stop()
  rmSync(folder, { recursive: true })
})

/** A line of the README, which must be there, begun as an operator does. */
function begin(line: string): Process {
  expect(lines).toContain(line)
  const text = line.replace('npx plimsoll', `exec node '${join(root, 'bin', 'plimsoll.js')}'`)
  const env = { ...process.env, RPC_URL: sandbox.rpcUrl, PLIMSOLL_HTTP_PORT: String(port) }
  return run(shell, [text], folder, env)
}
const says = (process: Process, words: string): Promise<void> =>
  vi.waitFor(() => expect(process.said()).toContain(words), { timeout: 90_000, interval: 50 })

/** The configuration that compose.yaml mounts into Prometheus, by the address the keeper has here. */
function mounted(): object {
  const { services } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8')) as Compose
  const source = services.prometheus?.volumes?.find((one) => one.includes(':/etc/prometheus/prometheus.yml'))
  const text = readFileSync(resolve(folder, source?.split(':')[0] ?? ''), 'utf8')
  const { rule_files, alerting, ...config } = parse(text.replace('keeper:9464', `127.0.0.1:${port}`)) as Record<
    string,
    object
  >
  expect([rule_files, alerting].every((one) => one !== undefined)).toBe(true)
  return { ...config, global: { scrape_interval: '1s', evaluation_interval: '1s' } }
}

describe('a first day, by the README', () => {
  it('ends at a dashboard with live data', { timeout: 300_000 }, async () => {
    await says(begin('npx plimsoll init --rpc "$RPC_URL" --from deployments.yaml --yes'), 'npx plimsoll doctor')
    await says(begin('npx plimsoll doctor --quick'), 'ready')
    expect(lines).toContain('docker compose up --build --detach')
    keeper = begin('npx plimsoll run')
    await says(keeper, '"event":"synced"')
    const from = Date.now() / 1_000
    const live = await startPrometheus(tools(), join(folder, 'prometheus'), mounted())
    prometheus = live
    const at = async (expr: string): Promise<readonly number[]> =>
      (await live.at(expr, Date.now() / 1_000)).flatMap(({ values }) => values).filter(Number.isFinite)
    const head = (): Promise<number> => at('plimsoll_head_number{job="plimsoll"}').then((found) => found[0] ?? 0)
    await vi.waitFor(async () => expect(await head()).toBeGreaterThan(0), { timeout: 60_000, interval: 200 })
    const first = await head()
    await vi.waitFor(async () => expect(await head()).toBeGreaterThan(first), { timeout: 60_000, interval: 200 })

    const { panels } = JSON.parse(
      readFileSync(join(root, 'ops', 'grafana', 'dashboards', 'overview.json'), 'utf8'),
    ) as DashboardJson
    const asked = panels.flatMap(({ title = '', targets = [] }) => targets.map(({ expr }) => ({ title, expr })))
    const alive: string[] = []
    for (const { title, expr } of asked) {
      const concrete = expr
        .replaceAll('$job', 'plimsoll')
        .replaceAll('$instance', '.+')
        .replaceAll('$__rate_interval', '10s')
        .replaceAll('$__range', `${Math.ceil(Date.now() / 1_000 - from)}s`)
      if ((await at(concrete)).length > 0) alive.push(title)
    }
    process.stdout.write(`first day: ${alive.length} of ${asked.length} queries of the overview have data\n`)
    // A dry run has sent nothing: what is about sends, receipts and lanes has nothing to show yet.
    expect(alive.length).toBeGreaterThan(asked.length / 2)
  })
})
