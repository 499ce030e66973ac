import { describe, expect, it } from 'vitest'
import type { PositionId } from '#core/book.ts'
import { createObserve } from '../../src/observe/create-observe.ts'
import { aPlan, aReceipt } from '../builders/plan.ts'

const events = 100_000
const strategy = 'aave-v3'
const skip = (position: number) => ({
  verdict: {
    ...({ do: 'skip', reason: 'unprofitable', detail: '', plan: null } as const),
    positions: [`aave-v3/${position}` as PositionId],
  },
  strategy,
  trigger: 'head' as const,
})

describe('a log in a storm', () => {
  it('writes a bounded number of lines of 100,000, counts the others, and says how many they were', async () => {
    let nowMs = 1_000_000
    const lines: { readonly event: string; readonly kept?: Record<string, number> }[] = []
    const observe = createObserve({
      ...{ level: 'debug', isPretty: false, now: () => nowMs },
      write: (line) => lines.push(JSON.parse(line)),
    })
    // A thousand a second.
    for (let at = 0; at < events; at++) {
      nowMs += 1
      observe.verdict(skip(at))
    }
    const written = lines.filter(({ event }) => event === 'verdict').length
    // What stands at the start, and what each of the hundred seconds gives.
    expect(written).toBeLessThanOrEqual(500 + 100 * 20)
    expect(written).toBeGreaterThan(500)
    process.stdout.write(`storm: ${events} events, ${lines.length} lines\n`)

    observe.verdict({ verdict: { do: 'act', plan: aPlan() }, strategy, trigger: 'head' })
    observe.receipt(aReceipt({ status: 'reverted' }), { via: 'bundle', strategy })
    expect(lines.slice(-2).map(({ event }) => event)).toEqual(['verdict', 'receipt'])

    observe.stopped()
    const kept = lines.flatMap((line) => Object.values(line.kept ?? {})).reduce((sum, one) => sum + one, 0)
    expect(written + kept).toBe(events)
    const text = await observe.metricsText()
    expect(text).toContain(`plimsoll_log_lines_kept_back_total{event="verdict"} ${kept}`)
    expect(text).toContain(
      `plimsoll_verdicts_total{strategy="${strategy}",trigger="head",do="skip",reason="unprofitable"} ${events}`,
    )
  })

  it('writes them all again once it has passed, and never keeps a fatal one back', () => {
    let nowMs = 1_000_000
    const written: string[] = []
    const observe = createObserve({
      ...{ level: 'debug', isPretty: false, now: () => nowMs },
      write: (line) => written.push(JSON.parse(line).event),
    })
    for (let at = 0; at < 5_000; at++) observe.verdict(skip(at))
    for (let at = 0; at < 1_000; at++) observe.failed(new Error('a bug'))
    expect(written.filter((event) => event === 'failed')).toHaveLength(1_000)
    nowMs += 60_000
    written.length = 0
    for (let at = 0; at < 400; at++) observe.verdict(skip(at))
    expect(written.filter((event) => event === 'verdict')).toHaveLength(400)
  })
})
