import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Alert } from '../../src/alerts/alert.ts'
import { discord } from '../../src/alerts/discord.ts'
import { createNotifier, type NotifierOptions } from '../../src/alerts/notifier.ts'
import { pagerduty } from '../../src/alerts/pagerduty.ts'
import { slack } from '../../src/alerts/slack.ts'
import { telegram } from '../../src/alerts/telegram.ts'
import { webhook } from '../../src/alerts/webhook.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const anAlert = (change: Partial<Alert> = {}): Alert => ({
  name: 'PlimsollBlind',
  key: 'PlimsollBlind',
  severity: 'page',
  summary: 'the keeper sees nothing',
  detail: 'no head for 70 seconds & <nothing> else',
  startedMs: 1_700_000_000_000,
  endedMs: null,
  ...change,
})

let receiver: Receiver
let told: { channel: string; result: string; why: string }[]
let pauses: number[]
let nowMs: number
beforeEach(async () => {
  receiver = await startReceiver()
  told = []
  pauses = []
  nowMs = 1_700_000_000_000
})
afterEach(() => receiver.stop())

const all = () => [
  slack(`${receiver.url}/services/T/B/secret-path`),
  discord(`${receiver.url}/api/webhooks/1/secret-path`),
  telegram(receiver.url, '7:secret-token', '42'),
  pagerduty(`${receiver.url}/v2/enqueue`, 'secret-key', 'here'),
  webhook(`${receiver.url}/webhook`, 'here'),
]
const notifier = (change: Partial<NotifierOptions> = {}) =>
  createNotifier({
    channels: all(),
    perMinute: 100,
    mask: (text) => text.replaceAll('secret', '[secret]'),
    told: (what) => told.push(what),
    now: () => nowMs,
    sleep: async (ms) => {
      pauses.push(Math.round(ms))
      nowMs += ms
    },
    ...change,
  })

describe('the notifier', () => {
  it('tells by every channel in its own form, and that it is over', async () => {
    const one = notifier()
    one.tell(anAlert())
    one.tell(anAlert({ endedMs: 1_700_000_060_000 }))
    await one.idle()
    expect(receiver.refused).toEqual([])
    expect(told.map(({ channel, result }) => `${channel} ${result}`).sort()).toEqual(
      ['discord', 'pagerduty', 'slack', 'telegram', 'webhook'].flatMap((name) => [`${name} sent`, `${name} sent`]),
    )
    const of = (service: string) => receiver.received.filter((each) => each.service === service).map(({ body }) => body)
    expect(of('slack')[0]).toMatchObject({ text: 'FIRING PlimsollBlind: the keeper sees nothing' })
    expect(JSON.stringify(of('slack')[0])).toContain('70 seconds &amp; &lt;nothing&gt; else')
    expect(of('discord')[1]).toMatchObject({ content: 'RESOLVED PlimsollBlind', allowed_mentions: { parse: [] } })
    expect(of('telegram')[0]).toMatchObject({ chat_id: '42', text: expect.stringContaining('& <nothing> else') })
    expect(of('pagerduty').map((body) => [body.event_action, body.dedup_key])).toEqual([
      ['trigger', 'plimsoll/here/PlimsollBlind'],
      ['resolve', 'plimsoll/here/PlimsollBlind'],
    ])
    const [fires, over] = of('webhook').map((body) => (body.alerts as Record<string, unknown>[])[0])
    expect(fires).toMatchObject({ status: 'firing', endsAt: '0001-01-01T00:00:00Z', fingerprint: over?.fingerprint })
    expect(over).toMatchObject({ status: 'resolved', endsAt: '2023-11-14T22:14:20.000Z' })
  })

  it('wakes nobody for a warning', async () => {
    const one = notifier()
    one.tell(anAlert({ severity: 'warning' }))
    await one.idle()
    expect(receiver.received.map(({ service }) => service)).not.toContain('pagerduty')
    expect(receiver.received).toHaveLength(4)
  })

  it('waits as long as a 429 says: in the header, or in Discord’s and Telegram’s own words', async () => {
    receiver.faults.push(
      { service: 'slack', status: 429, headers: { 'retry-after': '30' }, times: 1 },
      { service: 'discord', status: 429, body: { retry_after: 1.5 }, times: 1 },
      { service: 'telegram', status: 429, body: { ok: false, parameters: { retry_after: 7 } }, times: 1 },
      { service: 'webhook', status: 429, headers: { 'retry-after': new Date(nowMs + 60_000).toUTCString() }, times: 1 },
    )
    const one = notifier()
    one.tell(anAlert())
    await one.idle()
    expect(told.every(({ result }) => result === 'sent')).toBe(true)
    expect(pauses).toEqual(expect.arrayContaining([30_000, 1_500, 7_000]))
    expect(receiver.received).toHaveLength(5)
  })

  it('tries again after a fault, each time twice as long, and gives up in the end', async () => {
    const channels = all().slice(0, 1)
    receiver.faults.push({ service: 'slack', status: 503, times: 3 })
    const one = notifier({ channels })
    one.tell(anAlert())
    await one.idle()
    expect(pauses).toEqual([1_000, 2_000, 4_000])
    expect(told).toEqual([{ channel: 'slack', result: 'sent', why: '' }])
    receiver.faults.push({ service: 'slack', status: 500, times: 100 })
    one.tell(anAlert())
    await one.idle()
    expect(told[1]).toMatchObject({ result: 'failed', why: expect.stringContaining('answered 500') })
  })

  it('takes a clear no for one, and lets no secret into the words about it', async () => {
    receiver.faults.push({ service: 'slack', status: 403, body: { error: 'secret-path is revoked' }, times: 1 })
    const one = notifier({ channels: all().slice(0, 1) })
    one.tell(anAlert({ detail: 'at https://node.example/secret' }))
    one.tell(anAlert({ detail: 'at https://node.example/secret' }))
    await one.idle()
    expect(told[0]).toMatchObject({ result: 'failed', why: 'answered 403: {"error":"[secret]-path is revoked"}' })
    expect(pauses).toEqual([])
    expect(JSON.stringify(receiver.received)).not.toMatch(/[^[]secret\b(?!])/)
  })

  it('gives a channel so many within a minute, in their order', async () => {
    const one = notifier({ channels: all().slice(0, 1), perMinute: 2 })
    for (const at of [1, 2, 3, 4, 5]) one.tell(anAlert({ summary: `number ${at}` }))
    await one.idle()
    expect(pauses).toEqual([60_000, 60_000])
    expect(receiver.received.map(({ body }) => String(body.text).slice(-1))).toEqual(['1', '2', '3', '4', '5'])
  })

  it('waits for nobody, and holds only so many', async () => {
    let letGo = (): void => undefined
    const held = new Promise<void>((done) => {
      letGo = done
    })
    receiver.faults.push({ service: 'slack', status: 503, times: 1 })
    const one = notifier({ channels: all().slice(0, 1), perMinute: 600, sleep: () => held })
    for (let at = 0; at < 100; at += 1) one.tell(anAlert({ summary: `number ${at}` }))
    expect(receiver.received).toEqual([])
    expect(told.filter(({ result }) => result === 'dropped').length).toBeGreaterThanOrEqual(35)
    letGo()
    await one.idle()
    expect(receiver.received.length + told.filter(({ result }) => result === 'dropped').length).toBe(100)
  })

  it('gives back what no channel took, and nothing that one of them did', async () => {
    const untaken: string[] = []
    const one = notifier({
      channels: all().slice(0, 2),
      untaken: ({ key, detail }) => untaken.push(`${key} ${detail}`),
    })
    receiver.faults.push({ service: 'slack', status: 403, times: 2 }, { service: 'discord', status: 404, times: 1 })
    one.tell(anAlert({ key: 'a', detail: 'secret' }))
    one.tell(anAlert({ key: 'b' }))
    await one.idle()
    expect(untaken).toEqual(['a secret'])
    const pager = notifier({ channels: all().slice(3, 4), untaken: ({ key }) => untaken.push(key) })
    pager.tell(anAlert({ severity: 'warning' }))
    await pager.close(0)
    pager.tell(anAlert({ key: 'late' }))
    expect(untaken).toEqual(['a secret', 'late'])
  })

  it('ends in time, whoever does not answer', async () => {
    const one = createNotifier({
      channels: [slack('http://127.0.0.1:9/services/x')],
      ...{ perMinute: 10, mask: (text: string) => text, told: (what) => told.push(what) },
    })
    one.tell(anAlert())
    await one.close(50)
    expect(told).toEqual([{ channel: 'slack', result: 'failed', why: expect.any(String) }])
    one.tell(anAlert())
    expect(told[1]).toMatchObject({ result: 'dropped' })
  })
})
