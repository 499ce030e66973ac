import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createOtlp } from '../../src/observe/otlp.ts'
import { createPlanSpans } from '../../src/observe/plan-spans.ts'
import { type Span, traceIdOf } from '../../src/observe/span.ts'
import { attribute, startCollector } from './collector.ts'

const plan = `0x${'ab'.repeat(16)}`

describe('the spans of a plan', () => {
  const made = (tell: (spans: ReturnType<typeof createPlanSpans>) => void): readonly Span[] => {
    const put: Span[] = []
    tell(createPlanSpans((spans) => put.push(...spans)))
    return put
  }

  it('are one for the whole and one a stage, of the plan’s own id, with the times that were measured', () => {
    const spans = made((it) => {
      it.decided(plan, 1_000, 4, { trigger: 'head' })
      it.sent(plan, 1_050, 6)
      it.about(plan, { transactionHash: '0x12' })
      it.ended(plan, 13_000, 'included')
    })
    const [whole] = spans
    expect(spans.map(({ name, startMs, endMs }) => [name, startMs, endMs])).toEqual([
      ['liquidation', 996, 13_000],
      ['decide', 996, 1_000],
      ['send', 1_000, 1_002],
      ['fate', 1_002, 13_000],
    ])
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([plan.slice(2)]))
    expect(whole).toMatchObject({ attributes: { plan, trigger: 'head', transactionHash: '0x12', status: 'included' } })
    for (const { parentSpanId } of spans.slice(1)) expect(parentSpanId).toBe(whole?.spanId)
  })

  it('are none of what was decided elsewhere, and of at most 1,024 plans whose end is awaited', () => {
    const spans = made((it) => {
      it.ended('untold', 1, 'included')
      for (let at = 0; at < 3_000; at++) it.decided(`0x${String(at).padStart(32, '0')}`, 1, 0, {})
      for (let at = 0; at < 3_000; at++) it.ended(`0x${String(at).padStart(32, '0')}`, 2, 'dropped')
    })
    expect(spans).toHaveLength(1_024 * 2)
    expect(traceIdOf('untold 0x12')).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('a collector', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>
  const counts = { sent: 0, dropped: 0 }
  const said: string[] = []
  const exporter = (endpoint = collector.url) =>
    createOtlp({
      ...{ endpoint, version: '1', warn: (text) => said.push(text), flushEveryMs: 5 },
      told: (count, result) => {
        counts[result] += count
      },
    })
  const span = (at: number): Span => ({
    ...{ traceId: plan.slice(2), spanId: String(at).padStart(16, '0'), name: 'decide', startMs: at, endMs: at + 0.25 },
    ...{ attributes: { plan, at }, isError: at === 1 },
  })
  beforeEach(async () => {
    collector = await startCollector()
    Object.assign(counts, { sent: 0, dropped: 0 })
    said.length = 0
  })
  afterEach(() => collector.stop())

  it('is given them as OTLP over HTTP in JSON', async () => {
    const otlp = exporter(`${collector.url}/`)
    otlp.put([span(1), span(2)])
    await otlp.close()
    expect(collector.paths).toEqual(['POST /v1/traces application/json'])
    expect(collector.spans[0]).toMatchObject({
      ...{ name: 'decide', startTimeUnixNano: '1000000', endTimeUnixNano: '1250000', status: { code: 2 } },
    })
    expect(attribute(collector.spans[1]!, 'at')).toBe('2')
    expect(counts).toEqual({ sent: 2, dropped: 0 })
  })

  it('that is away costs a bounded number of spans, each counted, and is told of once, and once when it is back', async () => {
    collector.answer = 503
    const otlp = exporter()
    for (let at = 0; at < 10_000; at++) otlp.put([span(at)])
    expect(counts.dropped).toBe(10_000 - 4_096)
    await expect.poll(() => collector.paths.length, { timeout: 20_000 }).toBeGreaterThan(2)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('see that the collector')
    collector.answer = 200
    await expect.poll(() => counts.sent, { timeout: 20_000 }).toBe(4_096)
    await otlp.close()
    expect(said).toEqual([expect.anything(), 'spans are taken again'])
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(4_096)
  })

  it('that refuses them, or is not there, holds nobody up', async () => {
    collector.answer = 400
    const refused = exporter()
    refused.put([span(1)])
    await refused.close()
    expect(counts).toEqual({ sent: 0, dropped: 1 })
    const nowhere = exporter('http://127.0.0.1:1')
    nowhere.put([span(1)])
    await nowhere.close()
    expect(counts).toEqual({ sent: 0, dropped: 2 })
  })
})
