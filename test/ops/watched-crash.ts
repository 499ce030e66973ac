import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import { crashScript } from '../../sandbox/crash.ts'
import { families } from '../../src/cli/demo/families.ts'
import { startReceiver } from '../alerts/receiver.ts'
import { type Rival, rivalOn } from '../misses/support/rival.ts'
import { type KeeperProcess, startKeeper } from './keeper-process.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { shipped } from './rules.ts'
import { tools } from './tools.ts'

export type Pace = {
  readonly scrapeSeconds: number
  /** Blocks before the first price moves. */
  readonly calmBlocks: number
  readonly blocksPerStep: number
  /** Steps in which the node fails. */
  readonly faultySteps: readonly number[]
  /** After each block. */
  readonly restMs: number
}

const quick: Pace = { scrapeSeconds: 1, calmBlocks: 0, blocksPerStep: 2, faultySteps: [3], restMs: 0 }

/** A crash that is over: the keeper that lived through it, and what a Prometheus saw, from when to when in Unix seconds. */
export type WatchedCrash = {
  readonly keeper: KeeperProcess
  readonly prometheus: Prometheus
  readonly from: number
  readonly to: number
  /** Grafana's `$__rate_interval`: four scrapes. */
  readonly rateSeconds: number
  /** A panel's query, with what Grafana would write for its variables. */
  readonly asked: (expr: string) => string
  readonly stop: () => Promise<void>
}

/** The sandbox's crash, lived through by a real keeper that a real Prometheus scrapes. */
export async function watchedCrash(pace: Pace = quick): Promise<WatchedCrash> {
  const { scrapeSeconds } = pace
  const rateSeconds = 4 * scrapeSeconds
  await using starting = new AsyncDisposableStack()
  const stopped = <T extends { readonly stop: () => Promise<void> }>(one: T): T =>
    starting.adopt(one, ({ stop }) => stop())
  let rival = null as Rival | null
  const receiver = stopped(await startReceiver())
  const keeper = stopped(
    await startKeeper({
      more: `alerts:\n  webhookUrl: ${receiver.url}/webhook\n`,
      ...{ borrowers: 'full', protocols: await families(), traffic: true, isSocket: true },
      before: async (sandbox) => {
        rival = await rivalOn(sandbox, [sandbox.addresses.aave['3.0'].pool])
      },
    }),
  )
  const from = Date.now() / 1_000
  const prometheus = stopped(
    await startPrometheus(tools(), join(keeper.folder, 'prometheus'), scraping(keeper.port, scrapeSeconds)),
  )
  await sleep(3 * scrapeSeconds * 1_000)
  await crash(keeper, rival as Rival, pace)
  await sleep(4 * scrapeSeconds * 1_000)
  const to = Date.now() / 1_000
  const asked = (expr: string): string =>
    expr
      .replaceAll('$job', 'plimsoll')
      .replaceAll('$instance', '.+')
      .replaceAll('$__rate_interval', `${rateSeconds}s`)
      .replaceAll('$__range', `${Math.ceil(to - from)}s`)
  const all = starting.move()
  return { keeper, prometheus, from, to, rateSeconds, asked, stop: () => all.disposeAsync() }
}

/** The shipped configuration, with this keeper's port, and scraped more often. */
function scraping(port: number, seconds: number): object {
  const { scrape_configs, global } = parse(shipped('prometheus/prometheus.yml')) as {
    readonly global: object
    readonly scrape_configs: readonly object[]
  }
  const static_configs = [{ targets: [`127.0.0.1:${port}`] }]
  return {
    global: { ...global, scrape_interval: `${seconds}s`, evaluation_interval: `${seconds}s` },
    scrape_configs: scrape_configs.map((one) => ({ ...one, static_configs })),
  }
}

/** The demo's afternoon, with a relay that refuses once, a node that fails, and a rival who is first once. */
async function crash({ sandbox, prices, block }: KeeperProcess, rival: Rival, pace: Pace): Promise<void> {
  const { aave, tokens } = sandbox.addresses
  const victim = sandbox.accounts.borrowers.find((one) => one.label === 'ether to dollars' && one.version === '3.0')
  const blocks = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) {
      await block()
      await sleep(pace.restMs)
    }
  }
  await blocks(pace.calmBlocks)
  for (const [at, step] of crashScript().entries()) {
    if (at === 2) sandbox.relayFaults.answers.push({ method: 'eth_sendBundle', kind: 'refuse', times: 1 })
    if (pace.faultySteps.includes(at)) sandbox.proxy.faults.push({ kind: 'server-error', times: 2 })
    // Others build these: no bundle is in them.
    if (at === 1) sandbox.relayFaults.missBlocks = 2
    await prices(step.prices)
    if (victim !== undefined && at === 1)
      await rival.later(rival.aave(aave['3.0'].pool, tokens.WETH.address, tokens.USDC.address, victim.address))
    await blocks(pace.blocksPerStep)
  }
  await blocks(4)
}
