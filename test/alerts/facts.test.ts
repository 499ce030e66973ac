import { describe, expect, it } from 'vitest'
import { wei } from '#core/numbers.ts'
import { condition } from '../../src/alerts/conditions.ts'
import { createFacts } from '../../src/alerts/facts.ts'
import { knownAlerts } from '../../src/alerts/known-alerts.ts'
import { createRaised } from '../../src/alerts/raised.ts'
import { alerts } from '../ops/rules.ts'

const minute = 60_000

/** A keeper in good health, its clock in hand. */
function setUp() {
  const clock = { ms: 1_000_000_000 }
  const facts = createFacts(() => clock.ms)
  facts.starting(12)
  facts.synced()
  facts.head(1, 10n)
  const raised = createRaised(4 * 60 * minute)
  const look = (blind: readonly string[] = []): readonly string[] =>
    raised
      .look(facts.conditions(blind), clock.ms)
      .map(({ key, endedMs }) => (endedMs === null ? key : `${key} is over`))
  return { clock, facts, look }
}

describe('what a keeper knows of itself', () => {
  it('is as grave, and after as long, as the rules for Prometheus have it', () => {
    const ms = (text = '0s'): number => Number.parseInt(text, 10) * (text.endsWith('m') ? minute : 1_000)
    for (const [name, { severity, forMs }] of Object.entries(knownAlerts)) {
      const rule = alerts.find(({ alert }) => alert === name)
      expect({ name, severity, forMs }).toEqual({ name, severity: rule?.labels.severity, forMs: ms(rule?.for) })
    }
    const outside = alerts.map(({ alert }) => alert).filter((name) => !(name in knownAlerts))
    expect(outside).toEqual([
      'PlimsollDown',
      'PlimsollRestarting',
      'PlimsollNobodyLeads',
      'PlimsollLate',
      'PlimsollNotTold',
    ])
  })

  it('is nothing while all is well', () => {
    const { look } = setUp()
    expect(look()).toEqual([])
  })

  it('tells that it is blind once it has been so for long enough, once, and when it is over', () => {
    const { clock, look } = setUp()
    expect(look(['no head'])).toEqual([])
    clock.ms += 29_000
    expect(look(['no head'])).toEqual([])
    clock.ms += 1_000
    expect(look(['no head'])).toEqual(['PlimsollBlind'])
    clock.ms += minute
    expect(look(['no head', 'the node failed'])).toEqual([])
    expect(look()).toEqual(['PlimsollBlind is over'])
    expect(look()).toEqual([])
  })

  it('forgets what passed by itself, and tells again of what lasts', () => {
    const { clock, look } = setUp()
    expect(look(['no head'])).toEqual([])
    clock.ms += 20_000
    expect(look()).toEqual([])
    clock.ms += 20_000
    expect(look(['no head'])).toEqual([])
    clock.ms += 30_000
    expect(look(['no head'])).toEqual(['PlimsollBlind'])
    clock.ms += 4 * 60 * minute
    expect(look(['no head'])).toEqual(['PlimsollBlind'])
  })

  it('tells again of what nobody took, but not at once, and not that it is over where nobody heard of it', () => {
    const raised = createRaised(4 * 60 * minute)
    const blind = [condition('PlimsollBlind', '', 'the keeper sees nothing', 'no head')]
    const tell = (nowMs: number, conditions = blind) => raised.look(conditions, nowMs)
    const [first] = [tell(0), tell(30_000)].flat()
    if (first === undefined) throw new Error('it was not told')
    raised.untaken(first, 40_000)
    expect(tell(99_000)).toEqual([])
    expect(tell(100_000)).toEqual([first])
    raised.untaken(first, 100_000)
    expect(tell(110_000, [])).toEqual([])
    expect([tell(120_000), tell(150_000)].flat()).toHaveLength(1)
    // Of what was before.
    raised.untaken(first, 160_000)
    expect(tell(230_000)).toEqual([])
    // Heard of once, and the repetition was not taken.
    const later = tell(150_000 + 4 * 60 * minute)
    for (const one of later) raised.untaken(one, 150_000 + 4 * 60 * minute)
    expect(tell(160_000 + 4 * 60 * minute, [])).toMatchObject([{ key: 'PlimsollBlind', endedMs: expect.any(Number) }])
  })

  it('names each guard, lane, attempt and check by itself', () => {
    const { clock, facts, look } = setUp()
    facts.guard('kill', true, 'by hand')
    facts.guard('too-good:0xabc', true, 'gained too much')
    facts.lane('0xlane', wei(29n))
    facts.attempt('plan-1', true)
    facts.executor([
      { name: 'operator', state: 'failure', found: 'no operator', todo: 'call setOperator' },
      { name: 'executor sink', state: 'warning', found: 'may become 0x…', todo: 'make sure' },
      { name: 'executor code', state: 'ok', found: '', todo: '' },
    ])
    facts.guardUse([
      { guard: 'daily-loss', part: 0.81 },
      { guard: 'daily-gas', part: 0.8 },
    ])
    clock.ms += 481_000
    facts.head(1, 10n)
    const first = look()
    expect(first).toEqual([
      'PlimsollGuardOpen/kill',
      'PlimsollGuardOpen/too-good:0xabc',
      'PlimsollLimitNear/daily-loss',
      'PlimsollAttemptUnresolved/plan-1',
      'PlimsollExecutorUnfit/operator',
      'PlimsollSinkProposed',
    ])
    clock.ms += minute
    expect(look()).toEqual(['PlimsollLaneCannotAfford/0xlane'])
    facts.lane('0xlane', wei(201n))
    facts.guard('kill', false, 'closed')
    facts.attempt('plan-1', false)
    expect(look()).toEqual([
      'PlimsollGuardOpen/kill is over',
      'PlimsollLaneCannotAfford/0xlane is over',
      'PlimsollAttemptUnresolved/plan-1 is over',
    ])
  })

  it('holds what happened for as long as its rule looks back', () => {
    const { clock, facts, look } = setUp()
    facts.event('PlimsollLoss', '', 'a plan ended with a loss', '5 wei')
    expect(look()).toEqual(['PlimsollLoss'])
    clock.ms += 59 * minute
    facts.event('PlimsollLoss', '', 'a plan ended with a loss', '6 wei')
    clock.ms += 59 * minute
    expect(look()).toEqual([])
    clock.ms += minute
    expect(look()).toEqual(['PlimsollLoss is over'])
  })

  it('counts faults of the node and refusals over their time', () => {
    const { clock, facts, look } = setUp()
    for (let at = 0; at < 61; at += 1) facts.rpcFault()
    facts.offered(false)
    expect(look()).toEqual([])
    clock.ms += minute
    expect(look()).toEqual(['PlimsollRelaysRefuse'])
    facts.offered(true)
    expect(look()).toEqual(['PlimsollRelaysRefuse is over'])
    // Five minutes of many faults.
    for (let at = 0; at < 5; at += 1) {
      clock.ms += minute
      for (let each = 0; each < 61; each += 1) facts.rpcFault()
      if (at < 3) expect(look()).toEqual([])
    }
    expect(look()).toEqual(['PlimsollNodeFailing'])
    clock.ms += 6 * minute
    expect(look()).toEqual(['PlimsollNodeFailing is over'])
  })

  it('hears that the mempool has fallen silent only while heads come', () => {
    const { clock, facts, look } = setUp()
    facts.pending()
    clock.ms += 5 * minute + 1
    expect(look()).toEqual([])
    facts.head(1, 10n)
    expect(look()).toEqual(['PlimsollPendingSilent'])
  })
})
