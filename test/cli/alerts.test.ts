import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { KeeperError } from '#core/error.ts'
import { alerting } from '../../src/cli/alerting.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { createObserve } from '../../src/observe/create-observe.ts'
import { type Receiver, startReceiver } from '../alerts/receiver.ts'
import { command } from './command.ts'

const file = join(mkdtempSync(join(tmpdir(), 'alerts-')), 'plimsoll.yaml')
const base = `
chain: { id: 1, rpc: 'http://127.0.0.1:1', wrappedNative: 0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2 }
protocols: { aave-v3: [mainnet] }
flash: { morpho: [mainnet] }
`
let receiver: Receiver
beforeAll(async () => {
  receiver = await startReceiver()
})
afterAll(() => receiver.stop())

const configure = (alerts: string): void => writeFileSync(file, `${base}alerts:\n${alerts}`)
const plimsoll = (...args: string[]) => command([...args, '--config', file])

describe('plimsoll alerts test', () => {
  it('sends a message and its end by every channel', async () => {
    configure(`
  slackUrl: ${receiver.url}/services/T/B/hidden-1
  telegramToken: "7:hidden-2"
  telegramChat: -100123
  telegramUrl: ${receiver.url}
  pagerdutyKey: hidden-3
  pagerdutyUrl: ${receiver.url}/v2/enqueue
`)
    const { code, out } = await plimsoll('alerts', 'test', '--json')
    expect(receiver.refused).toEqual([])
    expect(code).toBe(0)
    const rows = JSON.parse(out) as { channel: string; result: string }[]
    expect(rows.map(({ channel, result }) => `${channel} ${result}`).sort()).toEqual([
      ...['pagerduty sent', 'pagerduty sent', 'slack sent', 'slack sent', 'telegram sent', 'telegram sent'],
    ])
    expect(receiver.received.find(({ service }) => service === 'telegram')?.body.chat_id).toBe('-100123')
  })

  it('ends with 4 where one is not taken, and says why without the key', async () => {
    receiver.faults.push({ service: 'slack', status: 404, body: { error: 'no hidden-1 here' }, times: 2 })
    const { code, out, said } = await plimsoll('alerts', 'test')
    expect(code).toBe(4)
    expect(out).toMatch(/slack .*failed .*answered 404/)
    const shown = (await plimsoll('config')).out
    for (const text of [out, said, shown]) expect(text).not.toMatch(/hidden-[23]|T\/B\/hidden/)
    expect(shown).toMatch(/telegramToken: .*\[secret\]/)
  })

  it('asks for a channel, for both of Telegram’s, and for a right action', async () => {
    writeFileSync(file, base)
    expect(await plimsoll('alerts', 'test')).toMatchObject({
      code: 2,
      said: expect.stringContaining('write one under'),
    })
    expect(await plimsoll('alerts', 'tset')).toMatchObject({ code: 2, said: expect.stringContaining('write test') })
    configure('  telegramToken: "7:hidden"\n')
    const half = await plimsoll('alerts', 'test')
    expect(half).toMatchObject({ code: 2, said: expect.stringContaining('both telegramToken and telegramChat') })
    configure('  slackUrl: ftp://hidden.example/x\n')
    const wrong = await plimsoll('alerts', 'test')
    expect(wrong).toMatchObject({ code: 2, said: expect.stringContaining('an http or https URL') })
    expect(wrong.said).not.toContain('hidden')
  })
})

describe('the built-in notifier of a keeper', () => {
  afterEach(() => vi.useRealTimers())

  async function setUp() {
    receiver.received.length = 0
    configure(`  slackUrl: ${receiver.url}/services/T/B/hidden\n`)
    const config = loadConfig({ file, env: {}, flags: {}, registry: await discover() })
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
    const { observe, close } = alerting(
      createObserve({ level: 'fatal', isPretty: false, write: () => undefined }),
      config,
      (text) => text,
    )
    const told = () => receiver.received.map(({ body }) => String(body.text))
    const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1_000)
    const hears = (count: number) => vi.waitFor(() => expect(told()).toHaveLength(count))
    return { observe, close, told, pass, hears }
  }

  it('says that the lease cannot be renewed, and when the database answers again', async () => {
    const { observe, close, told, pass, hears } = await setUp()
    observe.lease({ kind: 'asked', epoch: 3 })
    observe.lease({ kind: 'failing', error: new KeeperError('store-failed', 'connection refused') })
    pass(30)
    observe.lease({ kind: 'asked', epoch: 3 })
    pass(30)
    observe.lease({ kind: 'failing', error: new KeeperError('store-failed', 'connection refused') })
    pass(59)
    expect(told()).toEqual([])
    pass(3)
    await hears(1)
    observe.lease({ kind: 'lost', why: 'another keeper leads' })
    pass(5)
    observe.lease({ kind: 'asked', epoch: null })
    pass(1)
    await hears(2)
    expect(told()[0]).toContain('FIRING PlimsollLeaseFailing: the lease cannot be renewed')
    expect(told()[1]).toContain('RESOLVED PlimsollLeaseFailing')
    await close()
  })

  it('says again what no channel took while it holds', async () => {
    const { observe, close, told, pass, hears } = await setUp()
    receiver.faults.push({ service: 'slack', status: 403, times: 1 })
    observe.guard({ name: 'kill', isOpen: true, detail: 'by hand' })
    pass(1)
    await vi.waitFor(() => expect(receiver.faults.at(-1)?.times).toBe(0))
    await vi.waitFor(() => {
      pass(60)
      expect(told()).toHaveLength(1)
    })
    expect(told()[0]).toContain('FIRING PlimsollGuardOpen')
    pass(600)
    await hears(1)
    await close()
  })
})
