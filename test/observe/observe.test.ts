import { afterEach, describe, expect, it } from 'vitest'
import { KeeperError } from '#core/error.ts'
import { wei } from '#core/numbers.ts'
import { createObserve } from '../../src/observe/create-observe.ts'
import { describeMetrics } from '../../src/observe/metric-rows.ts'
import { type ObserveServer, startServer } from '../../src/observe/server.ts'
import { aPlan, aReceipt, aSum } from '../builders/plan.ts'

let nowMs = 1_000_000
const lines: string[] = []
const observer = (secrets: readonly string[] = []) => {
  lines.length = 0
  return createObserve({
    level: 'trace',
    isPretty: false,
    secrets,
    write: (line) => lines.push(line),
    now: () => nowMs,
  })
}
const start = {
  chainId: 1,
  blockSeconds: 12,
  isDryRun: false,
  via: 'bundle',
  protocols: ['aave-v3'],
  version: '1',
} as const

describe('what happens', () => {
  it('is logged and counted under a bounded name', async () => {
    const observe = observer()
    observe.starting(start)
    observe.verdict({ verdict: { do: 'act', plan: aPlan() }, strategy: 'aave-v3', trigger: 'head', seconds: 0.004 })
    observe.verdict({
      verdict: { do: 'skip', reason: 'no-route', detail: 'no pool', positions: [], plan: null },
      strategy: 'aave-v3',
      trigger: 'head',
    })
    observe.receipt(aReceipt({ status: 'reverted' }), { via: 'public', strategy: 'aave-v3' })
    observe.recordedProfit(aSum(), { via: 'bundle', strategy: 'aave-v3' })
    observe.laneFunding({
      lane: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
      wei: wei(10n ** 18n),
      highestAffordableBaseFee: wei(7n),
    })
    observe.guard({ name: 'notional:0xmarket', isOpen: true, detail: 'too much' })
    const text = await observe.metricsText()
    expect(text).toContain('plimsoll_verdicts_total{strategy="aave-v3",trigger="head",do="act",reason=""} 1')
    expect(text).toContain('plimsoll_verdicts_total{strategy="aave-v3",trigger="head",do="skip",reason="no-route"} 1')
    expect(text).toContain('plimsoll_receipts_total{via="public",status="reverted",strategy="aave-v3"} 1')
    expect(text).toContain('plimsoll_lane_balance_ether{lane="lane-0"} 1')
    expect(text).toContain('plimsoll_guard_open{guard="notional"} 1')
    expect(text).toContain('plimsoll_realised_profit_ether_total{via="bundle",strategy="aave-v3"} 0.99')
    expect(text).not.toContain('0x5fbd')
    const act = lines.map((line) => JSON.parse(line)).find((line) => line.do === 'act')
    expect(act).toMatchObject({ event: 'verdict', plan: 'plan-1', net: '990000000000000000' })
  })

  it('says plainly that a dry run sends nothing', () => {
    observer().starting({ ...start, isDryRun: true })
    expect(lines.join()).toContain('DRY RUN')
  })

  it('never carries a secret, wherever it turns up', () => {
    const observe = observer(['https://node.example/v1/apikey'])
    observe.rpcFault(new KeeperError('rpc-unreachable', 'https://node.example/v1/apikey cannot be reached'))
    observe.sendRefused({ transactionHash: 'h', via: 'bundle', relay: 'r', why: 'at https://node.example/v1/apikey?x' })
    expect(lines).toHaveLength(2)
    expect(lines.join()).not.toContain('apikey')
  })

  it('has metrics named as Prometheus wants them', () => {
    for (const { name, kind, help } of describeMetrics()) {
      expect(name).toMatch(/^plimsoll_[a-z_]+$/)
      expect(name.endsWith('_total')).toBe(kind === 'counter')
      expect(help).toMatch(/\.$/)
    }
  })
})

describe('health', () => {
  let server: ObserveServer | null = null
  afterEach(() => server?.stop())
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${server?.port}${path}`, init)
    return { code: response.status, body: await response.text() }
  }

  it('fails while the book is not synced, then when heads stay away, then when the node is dead', async () => {
    const observe = observer()
    server = await startServer(observe, '127.0.0.1', 0)
    observe.starting(start)
    expect(await ask('/healthz')).toEqual({
      code: 503,
      body: '{"status":"failing","reasons":["the book is not synced"]}\n',
    })
    observe.synced({ positions: 1, markets: 1, pools: 1, ms: 5 })
    observe.head({ number: 1, lagSeconds: 1, baseFee: 7n })
    expect((await ask('/healthz')).code).toBe(200)
    nowMs += 61_000
    expect(await ask('/healthz')).toMatchObject({ code: 503, body: expect.stringContaining('no head for 61 seconds') })
    observe.head({ number: 2, lagSeconds: 1, baseFee: 7n })
    for (let n = 0; n < 10; n++) observe.rpcFault(new KeeperError('rpc-unreachable', 'down'))
    expect(await ask('/healthz')).toMatchObject({ code: 503, body: expect.stringContaining('failed 10 times') })
  })

  it('keeps seeing but is not ready while stopping', async () => {
    const observe = observer()
    server = await startServer(observe, '127.0.0.1', 0)
    observe.synced({ positions: 1, markets: 1, pools: 1, ms: 5 })
    expect((await ask('/readyz')).code).toBe(200)
    observe.stopping('SIGTERM')
    expect((await ask('/readyz')).code).toBe(503)
    expect((await ask('/healthz')).code).toBe(200)
  })

  it('answers what it is not asked for clearly', async () => {
    server = await startServer(observer(), '127.0.0.1', 0)
    expect(await ask('/nothing')).toMatchObject({ code: 404, body: expect.stringContaining('ask /metrics') })
    expect(await ask('/metrics', { method: 'POST' })).toMatchObject({ code: 405 })
    expect((await ask('/metrics')).body).toContain('# TYPE plimsoll_verdicts_total counter')
    expect((await ask('//?%%')).code).toBe(404)
  })

  it('says so when its port is taken', async () => {
    server = await startServer(observer(), '127.0.0.1', 0)
    await expect(startServer(observer(), '127.0.0.1', server.port)).rejects.toThrow(
      /write another http.host or http.port/,
    )
  })
})
