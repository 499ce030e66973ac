import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
