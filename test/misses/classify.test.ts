import { describe, expect, it } from 'vitest'
import { address } from '#core/address.ts'
import type { Miss, MissReason } from '#core/miss.ts'
import { amount, wei } from '#core/numbers.ts'
import type { SkipReason } from '#core/plan.ts'
import { classify, type Facts, type Tried, type Word } from '../../src/misses/classify.ts'
import { reasonOfSkip } from '../../src/misses/reason-of-skip.ts'
import { winnerOf } from '../../src/misses/winner-of.ts'
import { createWords } from '../../src/misses/words.ts'
import { aPlan, aReceipt, aSum } from '../builders/plan.ts'

const ether = 10n ** 18n
const [debt, collateral] = [address(`0x${'d'.repeat(40)}`), address(`0x${'c'.repeat(40)}`)]
const outcome = {
  ...aReceipt().outcomes[0]!,
  logIndex: 7,
  repaid: { asset: debt, amount: amount(50n) },
  seized: [{ asset: collateral, amount: amount(40n) }],
}
const winner = { from: debt, to: null, gasUsed: 250_000n, gas: wei(ether / 100n), tip: wei(ether), isTipWhole: true }

/** Repays 100 for 80, which is 20 ether for 21. */
function plan() {
  const one = aPlan({ sum: aSum({ tip: -ether / 2n }) })
  const [step] = one.steps
  const pays = { asset: debt, spender: debt }
  const terms = { ...step!.terms, repay: amount(100n), seized: [{ asset: collateral, amount: amount(80n) }] }
  return { ...one, steps: [{ ...step!, opportunity: { ...step!.opportunity, pays }, terms }] }
}
const word = (said: Word['said']): Word => ({ said, detail: 'a word', plan: plan(), since: 95 })
const tried = (given: Partial<Tried> = {}): Tried => ({
  ...{ status: 'sent', detail: '', net: wei(ether), bid: wei(ether / 2n), gasUnits: 500_000, landedAt: null },
  ...given,
})
const facts = (given: Partial<Facts> = {}): Facts => ({
  ...{ outcome, strategy: 'aave-v3', block: 100, blockHash: '0x64', isMarketKnown: true, isPositionKnown: true },
  ...{
    isDryRun: false,
    word: null,
    tried: null,
    nextJudged: 101,
    wasLiquidatable: false,
    winner,
    priorityFee: wei(0n),
  },
  ...given,
})

describe('why somebody else won', () => {
  const cases: readonly [string, Partial<Facts>, Partial<Miss>][] = [
    ['in a market we do not follow', { isMarketKnown: false, word: word('act') }, { why: 'market-untracked' }],
    ['a position we did not have', { isPositionKnown: false }, { why: 'position-unknown' }],
    ['in the block of its trigger', {}, { why: 'seen-late', lateBlocks: 1, since: null }],
    [
      'while we were three heads behind',
      { nextJudged: 104, wasLiquidatable: null },
      { why: 'seen-late', lateBlocks: 4 },
    ],
    ['what the protocol called liquidatable', { wasLiquidatable: true }, { why: 'overlooked', lateBlocks: null }],
    ['what did not pay us', { word: word('unprofitable') }, { why: 'judged-unprofitable', since: 95 }],
    ['what we had no exit for', { word: word('no-route') }, { why: 'no-way', because: 'no-route' }],
    ['what we thought paused', { word: word('paused') }, { why: 'judged-closed', because: 'paused' }],
    ['what we had set aside', { word: word('quarantined') }, { why: 'held-back', because: 'quarantined' }],
    ['behind a guard', { word: word('guard-open') }, { why: 'guard-open' }],
    ['with our lanes busy', { word: word('lane-busy') }, { why: 'not-sent', because: 'lane-busy' }],
    ['in a dry run', { word: word('act'), isDryRun: true }, { why: 'not-sent', because: 'dry-run' }],
    ['before we had sent', { word: word('act') }, { why: 'not-sent', because: 'unsent' }],
    [
      'as the relay refused us',
      { word: word('act'), tried: tried({ status: 'refused', detail: 'no' }) },
      { why: 'not-sent', because: 'refused', detail: 'no', outbidBy: null },
    ],
    ['for more than we bid', { tried: tried() }, { why: 'outbid', outbidBy: wei((3n * ether) / 2n) }],
    [
      'for less than we bid, and more for each gas',
      { tried: tried({ bid: wei((3n * ether) / 2n) }) },
      { why: 'outbid' },
    ],
    [
      'for as much as can be seen less than we bid',
      { tried: tried({ bid: wei(3n * ether) }), winner: { ...winner, isTipWhole: false } },
      { why: 'outbid', outbidBy: wei(-ether) },
    ],
    [
      'for less than we bid',
      { tried: tried({ bid: wei(3n * ether) }) },
      { why: 'not-included', outbidBy: wei(-ether) },
    ],
    ['behind our own', { tried: tried({ landedAt: 3 }) }, { why: 'seen-late', because: 'behind-ours', lateBlocks: 1 }],
    ['before our own in the same block', { tried: tried({ landedAt: 9 }) }, { why: 'outbid' }],
  ]
  for (const [what, given, told] of cases)
    it(`${what}: ${told.why}`, () => expect(classify(facts(given))).toMatchObject(told))

  it('every reason is told at least once above', () => {
    const told = new Set(cases.map(([, , { why }]) => why))
    const all: readonly MissReason[] = [...Object.values(reasonOfSkip)]
    for (const why of all) expect(told).toContain(why)
    expect(told.size).toBe(12)
  })

  it('every skip is worth a reason that is not the race’s', () => {
    for (const said of Object.keys(reasonOfSkip) as SkipReason[])
      expect(['outbid', 'not-included', 'seen-late'], said).not.toContain(classify(facts({ word: word(said) })).why)
  })

  it('of a plan of several, each has its part of what is left, by what it gains', () => {
    const one = plan()
    const [step] = one.steps
    const other = { ...step!, opportunity: { ...step!.opportunity, positions: ['other' as typeof outcome.position] } }
    const worths = [
      { repaid: wei(20n * ether), got: wei(21n * ether) },
      { repaid: wei(20n * ether), got: wei(23n * ether) },
    ]
    const joint = { ...one, steps: [step!, other], worths }
    const netOf = (position: string) => {
      const own = { ...outcome, position: position as typeof outcome.position }
      return classify(facts({ outcome: own, word: { ...word('act'), plan: joint }, tried: tried() })).ours?.net ?? 0n
    }
    expect(netOf(outcome.position)).toBe(one.sum.net / 4n)
    expect(netOf(outcome.position) + netOf('other')).toBe(one.sum.net)
  })

  it('both sums are in wei: ours as foreseen, theirs at our prices less what they paid', () => {
    const { ours, winnerNet } = classify(facts({ word: word('unprofitable'), priorityFee: wei(2n) }))
    expect(ours).toEqual({ net: aSum({ tip: -ether / 2n }).net, bid: ether / 2n + 1_000_000n, gasUnits: 500_000 })
    // 40 of 80 and 50 of 100: half of 21 and half of 20 ether.
    expect(winnerNet).toBe(ether / 2n - winner.gas - winner.tip)
    const other = { ...outcome, seized: [{ asset: debt, amount: amount(1n) }] }
    expect(classify(facts({ word: word('unprofitable'), outcome: other })).winnerNet).toBeNull()
  })
})

describe('what a place in the block was paid', () => {
  const receipt = { from: `0x${'A'.repeat(40)}`, to: null, gasUsed: '0x64', effectiveGasPrice: '0xf' }
  const builder = `0x${'b'.repeat(40)}`
  const call = (value: bigint, more = {}) => ({ type: 'CALL', to: builder, value: `0x${value.toString(16)}`, ...more })

  it('is the priority fee and every payment to the beneficiary that was made', () => {
    const trace = {
      type: 'CALL',
      to: debt,
      calls: [call(5n), { ...call(7n), error: 'reverted' }, { type: 'CALL', to: debt, calls: [call(11n)] }],
    }
    expect(winnerOf(receipt, wei(10n), builder.toUpperCase().replace('X', 'x'), trace)).toEqual({
      ...{ from: `0x${'a'.repeat(40)}`, to: null, gasUsed: 100n, gas: 1_000n, tip: 516n, isTipWhole: true },
    })
  })

  it('counts nothing within a call that failed, nor what a delegated call only names', () => {
    const failed = { type: 'CALL', to: debt, error: 'reverted', calls: [call(5n)] }
    const trace = { type: 'CALL', to: debt, calls: [failed, call(9n, { type: 'DELEGATECALL' })] }
    expect(winnerOf(receipt, wei(15n), builder, trace).tip).toBe(0n)
  })

  it('is at least the priority fee where the node does not trace', () =>
    expect(winnerOf(receipt, wei(10n), builder, null)).toMatchObject({ tip: 500n, isTipWhole: false }))
})

describe('what was said of whom', () => {
  const skip = (reason: SkipReason) =>
    ({ do: 'skip', reason, detail: '', positions: [outcome.position], plan: null }) as const

  it('is held by block, since the first without a break', () => {
    const words = createWords()
    for (const block of [10, 11, 14]) {
      words.judged(block)
      words.heard(skip('unprofitable'), block)
    }
    expect([10, 11, 14].map((block) => words.of(outcome.position, block)?.since)).toEqual([10, 10, 10])
    words.judged(15)
    words.judged(16)
    words.heard(skip('lane-busy'), 16)
    expect(words.of(outcome.position, 15)).toBeNull()
    expect(words.of(outcome.position, 16)).toMatchObject({ said: 'lane-busy', since: 16 })
    expect([words.judgedAfter(11), words.judgedAfter(16), words.isJudged(12)]).toEqual([14, 17, false])
  })

  it('keeps an act, whatever is said of it afterwards for the same block', () => {
    const words = createWords()
    words.judged(10)
    words.heard({ do: 'act', plan: aPlan() }, 10)
    words.judged(10)
    words.heard(skip('in-flight'), 10)
    expect(words.of(outcome.position, 10)?.said).toBe('act')
  })
})
