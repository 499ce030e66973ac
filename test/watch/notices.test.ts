import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { healthNotices } from '../../src/cli/health-notices.ts'
import { type WatchOptions, watchingOf } from '../../src/cli/watch-options.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { alertLevels, createAlerts } from '../../src/watch/alerts.ts'
import { type Receiver, startReceiver } from '../alerts/receiver.ts'
import { registry } from '../config/registry.ts'

const smallest = `
chain: { id: 31337, rpc: 'http://127.0.0.1:8545', wrappedNative: 0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2 }
protocols: { aave-v3: [mainnet] }
flash: { morpho: [mainnet] }
`
const configured = (alerts: string) =>
  loadConfig({ file: 'plimsoll.yaml', text: `${smallest}${alerts}`, env: {}, flags: {}, registry })

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(() => receiver.stop())

describe('what a borrower is told by the channels', () => {
  it('is the level fallen below, and under the same key that it is over', async () => {
    const said: string[] = []
    const notices = healthNotices(configured(`alerts: { webhookUrl: '${receiver.url}/webhook' }`), (text) =>
      said.push(text),
    )
    const alerts = createAlerts(alertLevels, notices.over)
    for (const percent of [104n, 99n, 106n, 99n, 200n]) {
      const fell = alerts.see('aave-v3:0xme', percent * 10n ** 16n)
      if (fell !== null) notices.fell(fell)
    }
    await notices.close(10_000)
    expect(receiver.refused).toEqual([])
    expect(said).toEqual([])
    const told = receiver.received.map(
      ({ body }) => (body.alerts as { status: string; labels: { key: string; severity: string } }[])[0]!,
    )
    expect(told.map(({ status, labels }) => `${status} ${labels.key.replace('health/aave-v3:0xme/', '')}`)).toEqual([
      ...['firing 1.05/0', 'firing 1/0', 'resolved 1/0', 'firing 1/1', 'resolved 1.05/0', 'resolved 1/1'],
    ])
    expect(new Set(told.map(({ labels }) => labels.severity))).toEqual(new Set(['page']))
    expect(JSON.stringify(receiver.received[0]?.body)).toContain('health 1.04')
  })

  it('needs a channel, and a watch that goes on', () => {
    expect(() => healthNotices(configured(''), () => undefined)).toThrow('--notify needs a channel: write one under')
    const options = { target: '1.25', volatility: [], within: '24h', historyBlocks: '1', every: '1', notify: true }
    expect(() => watchingOf([], options as WatchOptions)).toThrow('--notify goes with --follow')
  })
})
