import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { crashScript } from '../../sandbox/crash.ts'
import { families } from '../../src/cli/demo/families.ts'
import { type Receiver, startReceiver } from '../alerts/receiver.ts'
import type { DashboardJson } from '../grafana/lint.ts'
import { type Rival, rivalOn } from '../misses/support/rival.ts'
import { root } from '../walls/source-files.ts'
import { type KeeperProcess, startKeeper } from './keeper-process.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { shipped } from './rules.ts'
import { tools } from './tools.ts'

const scrapeSeconds = 1
const folder = join(root, 'ops', 'grafana', 'dashboards')
const panels = readdirSync(folder).flatMap((name) => {
  const { uid, panels: all } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as DashboardJson
  return all.flatMap(({ title = '', targets = [] }) =>
    targets.map((target) => ({ ...target, title: `${uid}: ${title}` })),
  )
})

let receiver: Receiver
let keeper: KeeperProcess
let prometheus: Prometheus
let from: number
let to: number
beforeAll(async () => {
  let rival = null as Rival | null
  receiver = await startReceiver()
  keeper = await startKeeper({
    more: `alerts:\n  webhookUrl: ${receiver.url}/webhook\n`,
    ...{ borrowers: 'full', protocols: await families(), traffic: true, isSocket: true },
    before: async (sandbox) => {
      rival = await rivalOn(sandbox, [sandbox.addresses.aave['3.0'].pool])
    },
  })
  from = Date.now() / 1_000
  prometheus = await startPrometheus(tools(), join(keeper.folder, 'prometheus'), scraping(keeper.port))
  await sleep(3 * scrapeSeconds * 1_000)
  await crash(keeper, rival as Rival)
  await sleep(4 * scrapeSeconds * 1_000)
  to = Date.now() / 1_000
})
afterAll(async () => {
  await prometheus?.stop()
  await keeper?.stop()
  await receiver?.stop()
})

/** The shipped configuration, with this keeper's port, and scraped more often. */
function scraping(port: number): object {
  const { scrape_configs, global } = parse(shipped('prometheus/prometheus.yml')) as {
    readonly global: object
    readonly scrape_configs: readonly object[]
  }
  const static_configs = [{ targets: [`127.0.0.1:${port}`] }]
  return {
    global: { ...global, scrape_interval: `${scrapeSeconds}s`, evaluation_interval: `${scrapeSeconds}s` },
    scrape_configs: scrape_configs.map((one) => ({ ...one, static_configs })),
  }
}

/** The demo's afternoon, with a relay that refuses once, a node that fails once, and a rival who is first once. */
async function crash({ sandbox, prices, block }: KeeperProcess, rival: Rival): Promise<void> {
  const { aave, tokens } = sandbox.addresses
  const victim = sandbox.accounts.borrowers.find((one) => one.label === 'ether to dollars' && one.version === '3.0')
  for (const [at, step] of crashScript().entries()) {
    if (at === 2) sandbox.relayFaults.answers.push({ method: 'eth_sendBundle', kind: 'refuse', times: 1 })
    if (at === 3) sandbox.proxy.faults.push({ kind: 'server-error', times: 2 })
    // Others build these: no bundle is in them.
    if (at === 1) sandbox.relayFaults.missBlocks = 2
    await prices(step.prices)
    if (victim !== undefined && at === 1)
      await rival.later(rival.aave(aave['3.0'].pool, tokens.WETH.address, tokens.USDC.address, victim.address))
    await block()
    await block()
  }
  for (let rest = 0; rest < 4; rest += 1) await block()
}

const asked = (expr: string): string =>
  expr
    .replaceAll('$job', 'plimsoll')
    .replaceAll('$instance', '.+')
    .replaceAll('$__rate_interval', `${4 * scrapeSeconds}s`)
    .replaceAll('$__range', `${Math.ceil(to - from)}s`)

/** Without what hides that nothing is there. */
const bare = (expr: string): string => expr.replaceAll(' or vector(0)', '')

/** How many finite numbers a query gives over the crash. */
async function finite(expr: string, isInstant: boolean): Promise<number> {
  const series = isInstant
    ? await prometheus.at(asked(expr), to)
    : await prometheus.query(asked(expr), { from, to, step: scrapeSeconds })
  return series.flatMap(({ values }) => values).filter(Number.isFinite).length
}

async function empty(all: typeof panels): Promise<readonly string[]> {
  const found: string[] = []
  for (const { title, refId, expr, instant = false } of all)
    for (const one of new Set([expr, bare(expr)]))
      if ((await finite(one, instant)) === 0) found.push(`${title} ${refId}: ${one}`)
  return found
}

describe('every query of every panel', () => {
  it('gives finite numbers of a crash that a real keeper lived through, its fallback left out too', async () => {
    expect(panels.length).toBeGreaterThan(60)
    expect(await empty(panels)).toEqual([])
  })

  it('gives none where a metric is misnamed, whatever its fallback', async () => {
    const planted = panels.map((one) => ({ ...one, expr: one.expr.replaceAll('plimsoll_', 'plimsol_') }))
    const found = await empty(planted)
    for (const { title, refId } of panels)
      expect(
        found.filter((said) => said.startsWith(`${title} ${refId}:`)),
        `${title} ${refId}`,
      ).not.toEqual([])
  })

  it('saw what the crash was made to bring', async () => {
    for (const metric of ['sent_total', 'send_refused_total', 'rpc_faults_total', 'receipts_total', 'inputs_total'])
      expect(await keeper.metric(`plimsoll_${metric}`), metric).toBeGreaterThan(0)
    expect(await keeper.metric('plimsoll_misses_total')).toBeGreaterThan(0)
    expect(await keeper.metric('plimsoll_fates_total{via="bundle",status="included"}')).toBeGreaterThan(0)
    expect(await keeper.metric('plimsoll_predictions_total{result="inexact"}')).toBe(0)
    expect(await keeper.metric('plimsoll_predictions_total{result="exact"}')).toBeGreaterThan(0)
  })
})
