import { describe, expect, it } from 'vitest'
import { wei } from '#core/numbers.ts'
import { conditionsOf, type Known } from '../../src/alerts/conditions.ts'
import { createFacts } from '../../src/alerts/facts.ts'
import { type AlertName, knownAlerts } from '../../src/alerts/known-alerts.ts'
import { alerts } from '../ops/rules.ts'

const nowMs = 1_000_000_000
const blockSeconds = 12
const baseFee = 1_000n
const well: Known = {
  ...{ nowMs, startedMs: nowMs, blockSeconds, isSynced: true, blind: [], lagSeconds: 0, baseFee, headMs: nowMs },
  ...{ pendingMs: null, faults: 0, taken: 0, refused: 0, leaseLack: null, used: [], checks: [] },
  ...{ guards: new Map(), lanes: new Map(), open: new Map() },
}
const exprOf = (name: string): string => alerts.find(({ alert }) => alert === name)?.expr ?? ''
/** What is written in the rule as a number, in its order. */
const numbersIn = (name: string): readonly number[] =>
  exprOf(name)
    .replaceAll(/\[\w+\]|"[^"]*"/g, '')
    .match(/(?<![\w.])\d+(?:\.\d+)?/g)
    ?.map(Number) ?? []
/** How far back the rule looks. */
const rangesIn = (name: string): readonly number[] =>
  [...exprOf(name).matchAll(/\[(\d+)([mh])\]/g)].map(
    ([, count, unit]) => Number(count) * (unit === 'h' ? 3_600_000 : 60_000),
  )
const ago = (seconds: number): number => nowMs - seconds * 1_000

/** What is on the right side of a rule's line and what is beyond, by the numbers written in it and how far back it looks. */
type Sides = (
  numbers: readonly number[],
  rangeSeconds: number,
) => readonly [below: Partial<Known>, beyond: Partial<Known>]
const n = (numbers: readonly number[], at = 0): number => numbers[at] ?? Number.NaN
const lane = (times: number, more: bigint): Partial<Known> => ({
  lanes: new Map([['lane-0', wei(BigInt(times) * baseFee + more)]]),
})

const lines: Partial<Record<AlertName, Sides>> = {
  PlimsollUnsynced: (of) => [
    { isSynced: false, startedMs: ago(n(of, 1)) },
    { isSynced: false, startedMs: ago(n(of, 1)) - 1 },
  ],
  PlimsollLagging: () => [{ lagSeconds: blockSeconds }, { lagSeconds: blockSeconds + 0.1 }],
  PlimsollPendingSilent: (of) => [{ pendingMs: ago(n(of)) }, { pendingMs: ago(n(of)) - 1, headMs: ago(n(of, 1)) + 1 }],
  PlimsollNodeFailing: (of, range) => [{ faults: n(of) * range }, { faults: n(of) * range + 1 }],
  PlimsollLimitNear: (of) => [
    { used: [{ guard: 'daily-loss', part: n(of) }] },
    { used: [{ guard: 'daily-loss', part: n(of) + 0.001 }] },
  ],
  PlimsollLaneCannotAfford: (of) => [lane(n(of), 0n), lane(n(of), -1n)],
  PlimsollLanePoor: (of) => [lane(n(of), 0n), lane(n(of), -1n)],
  PlimsollAttemptUnresolved: (of) => [
    { open: new Map([['plan', ago(n(of) * blockSeconds)]]) },
    { open: new Map([['plan', ago(n(of) * blockSeconds) - 1]]) },
  ],
  PlimsollRelaysRefuse: () => [
    { taken: 2, refused: 2 },
    { taken: 2, refused: 3 },
  ],
}

describe('the thresholds of the notifier', () => {
  it.each(Object.entries(lines))('%s are those of its rule', (name, at) => {
    const [below, beyond] = at(numbersIn(name), (rangesIn(name)[0] ?? 0) / 1_000)
    const holds = (change: Partial<Known>) => conditionsOf({ ...well, ...change }).some((one) => one.name === name)
    expect(holds(below), 'on the line').toBe(false)
    expect(holds(beyond), 'beyond it').toBe(true)
  })

  it('are looked at in every rule that has one', () => {
    const withLine = Object.keys(knownAlerts).filter((name) => numbersIn(name).some((one) => one !== 0 && one !== 1))
    // The lease itself says when it fails.
    expect(withLine.filter((name) => !(name in lines))).toEqual(['PlimsollLeaseFailing'])
  })

  it('stop where the rule no longer sees heads', () => {
    const silent = { ...well, pendingMs: ago(3_600), headMs: ago(n(numbersIn('PlimsollPendingSilent'), 1)) }
    expect(conditionsOf(silent)).toEqual([])
  })

  it('are for all of what a rule adds up', () => {
    for (const name of ['PlimsollNodeFailing', 'PlimsollRelaysRefuse'])
      for (const [, by] of exprOf(name).matchAll(/sum by \(([^)]*)\)/g)) expect(by, name).toBe('job, instance')
  })

  it('count over as long as the rule looks back, and hold what happened as long', () => {
    const clock = { ms: nowMs }
    const facts = createFacts(() => clock.ms)
    facts.synced()
    const names = () => facts.conditions([]).map(({ name }) => name)
    for (const [name, tell] of [
      ['PlimsollNodeFailing', () => Array.from({ length: 100 }, () => facts.rpcFault())],
      ['PlimsollRelaysRefuse', () => facts.offered(false)],
    ] as const) {
      tell()
      const [range = Number.NaN] = rangesIn(name)
      clock.ms += range - 1
      expect(names()).toContain(name)
      clock.ms += 1
      expect(names()).not.toContain(name)
    }
    for (const [name, known] of Object.entries(knownAlerts))
      if ('holdMs' in known) expect([known.holdMs], name).toEqual(rangesIn(name))
  })
})
