import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { freePort } from '../../sandbox/free-port.ts'
import { usd } from '../../sandbox/market-data.ts'
import { type Receiver, startReceiver } from '../alerts/receiver.ts'
import { type KeeperProcess, startKeeper } from './keeper-process.ts'
import { answers, type Process, run } from './process.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { shipped } from './rules.ts'
import { tools } from './tools.ts'

/**
 * The one thing that differs from what is shipped, beside addresses and keys: every time in both configurations and in
 * the rules is divided by this.
 */
const timeFactor = 10

type Alertmanager = { readonly url: string; readonly stop: () => Promise<void> }
let receiver: Receiver
let keeper: KeeperProcess
let alertmanager: Alertmanager
let prometheus: Prometheus
beforeAll(async () => {
  receiver = await startReceiver()
  const more = `alerts:\n  webhookUrl: ${receiver.url}/webhook\n`
  keeper = await startKeeper({ borrowers: 'few', traffic: true, more })
  alertmanager = await startAlertmanager(keeper.folder, receiver.url)
  const { global, scrape_configs } = parse(shipped('prometheus/prometheus.yml')) as {
    readonly global: object
    readonly scrape_configs: readonly object[]
  }
  const at = (url: string): object => ({ static_configs: [{ targets: [url.replace('http://', '')] }] })
  prometheus = await startPrometheus(
    tools(),
    join(keeper.folder, 'prometheus'),
    {
      global: quicker(global),
      rule_files: ['plimsoll.rules.yml'],
      alerting: { alertmanagers: [at(alertmanager.url)] },
      scrape_configs: scrape_configs.map((one) => ({ ...one, ...at(`http://127.0.0.1:${keeper.port}`) })),
    },
    quicker(parse(shipped('prometheus/plimsoll.rules.yml'))) as object,
  )
})
afterAll(async () => {
  await prometheus?.stop()
  await alertmanager?.stop()
  await keeper?.stop()
  await receiver?.stop()
})

const timed = ['for', 'scrape_interval', 'evaluation_interval', 'group_wait', 'group_interval', 'repeat_interval']
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** A configuration in which everything takes a part of its time. */
function quicker(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(quicker)
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      const [, count, unit = ''] = /^(\d+)([smh])$/.exec(String(value)) ?? []
      const isTime = timed.includes(key) && count !== undefined
      return [key, isTime ? `${(Number(count) * (unitMs[unit] ?? 0)) / timeFactor}ms` : quicker(value)]
    }),
  )
}

/** Routes and inhibitions as shipped; receivers as shipped but for where they send, and with which keys. */
async function startAlertmanager(parent: string, to: string): Promise<Alertmanager> {
  const folder = join(parent, 'alertmanager')
  mkdirSync(join(folder, 'secrets'), { recursive: true })
  writeFileSync(join(folder, 'secrets', 'slack-url'), `${to}/services/T/B/key`)
  writeFileSync(join(folder, 'secrets', 'pagerduty-key'), 'key')
  const shippedText = shipped('alertmanager/alertmanager.yml')
  const text = shippedText
    .replace('https://discord.com/api/webhooks/write/the-webhook', `${to}/api/webhooks/1/key`)
    .replace('write-the-bots-token', '7:key')
  expect(text).not.toBe(shippedText)
  const global = { telegram_api_url: to, pagerduty_url: `${to}/v2/enqueue` }
  writeFileSync(join(folder, 'alertmanager.yml'), stringify({ global, ...(quicker(parse(text)) as object) }))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const process: Process = run(
    tools().alertmanager,
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    folder,
  )
  await answers(`${url}/-/ready`, process)
  return { url, stop: process.stop }
}

const services = ['slack', 'telegram', 'discord', 'pagerduty', 'webhook'] as const
/** Services that were told of it in these words. */
const told = (word: RegExp): readonly string[] =>
  services.filter((service) =>
    receiver.received.some((one) => one.service === service && word.test(JSON.stringify(one.body))),
  )
const arrives = (word: RegExp, at: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(told(word), JSON.stringify(receiver.refused)).toEqual(expect.arrayContaining([...at])), {
    timeout: 60_000,
    interval: 100,
  })
/** What Alertmanager tells; the webhook is the keeper's own notifier, which takes its full time. */
const byAlertmanager = services.filter((service) => service !== 'webhook')

describe('from a crash to who must know of it', () => {
  it('a keeper that liquidates tells nobody anything', async () => {
    await keeper.prices({ WETH: usd(2_600) })
    const landed = async (): Promise<void> => {
      await keeper.block()
      expect(await keeper.metric('plimsoll_receipts_total{via="bundle",status="included"')).toBeGreaterThan(0)
    }
    await vi.waitFor(landed, { timeout: 30_000, interval: 500 })
    const firing = await prometheus.at('ALERTS{alertstate="firing",severity="page"}', Date.now() / 1_000)
    expect(firing).toEqual([])
    expect(told(/Plimsoll/)).toEqual([])
  })

  it('one that is cut off from its node in the middle of it is told of by every channel', async () => {
    await keeper.prices({ WETH: usd(2_300) })
    keeper.sandbox.proxy.faults.push({ kind: 'server-error', times: Number.POSITIVE_INFINITY })
    const beganMs = Date.now()
    await arrives(/PlimsollBlind/, byAlertmanager)
    process.stdout.write(`cut off, told by Alertmanager: ${Date.now() - beganMs} ms, times divided by ${timeFactor}\n`)
    await arrives(/PlimsollBlind/, ['webhook'])
    process.stdout.write(`cut off, told by the built-in notifier: ${Date.now() - beganMs} ms\n`)
    const blind = receiver.received.filter(({ body }) => /PlimsollBlind/.test(JSON.stringify(body)))
    for (const { service, body } of blind) {
      // PagerDuty has a line alone; the others link to the runbook.
      if (service !== 'pagerduty') expect(JSON.stringify(body), service).toContain('docs/runbook.md#plimsollblind')
      expect(JSON.stringify(body), service).not.toMatch(/error expanding template|<no value>/)
    }
    expect(blind.find(({ service }) => service === 'pagerduty')?.body).toMatchObject({ event_action: 'trigger' })
  })

  it('and of that it sees again', async () => {
    keeper.sandbox.proxy.faults.length = 0
    await keeper.block()
    const isOver = /RESOLVED PlimsollBlind|"resolve"|"status":"resolved"/
    await arrives(isOver, services)
    expect(receiver.refused).toEqual([])
  })
})
