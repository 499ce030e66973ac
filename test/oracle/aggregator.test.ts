import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Address, address } from '#core/address.ts'
import type { Rec } from '#core/plain.ts'
import {
  type Aggregator,
  afterUpdate,
  nextShown,
  roundShown,
  withRound,
  withShown,
} from '../../src/scene/aggregator.ts'
import { hintIn } from '../../src/scene/hint.ts'
import type { PendingUpdate } from '../../src/scene/pending-update.ts'
import { formulas, morphoPrice } from '../../src/scene/price-formulas.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const at = (digit: string): Address => address(`0x${digit.repeat(40)}`)
const [oracle, forwarder, plainProxy, svrProxy] = [at('1'), at('2'), at('3'), at('4')]
const round = (id: number, answer: bigint, recordedAt: number): Aggregator['rounds'][number] => ({
  ...{ id, answer, recordedAt, observedAt: recordedAt - 5 },
})
const plain: Aggregator = {
  rounds: [round(7, 100n, 1_000)],
  epoch: 50,
  bounds: { least: 10n, most: 1_000n },
  transmitters: [oracle, forwarder],
  isSingle: false,
  dual: null,
}
const dual: Aggregator = { ...plain, dual: { proxy: svrProxy, cutoff: 30, shown: 7, isLatestSecondary: false } }
const update = (changes: Partial<PendingUpdate> = {}): PendingUpdate => ({
  ...{ aggregator: at('9'), path: [], kind: 'ocr2', answer: 90n, observedAt: 1_500, round: 51 },
  ...changes,
})
const answerTo = (of: Aggregator | null, proxy: Address, second: number): bigint | undefined =>
  of === null ? undefined : roundShown(of, proxy, second)?.answer

describe('an aggregator behind a pending update', () => {
  it('answers it, where it is newer, within bounds and from a transmitter', () => {
    expect(answerTo(afterUpdate(plain, update(), oracle, 2_000), plainProxy, 2_000)).toBe(90n)
    expect(answerTo(afterUpdate(plain, update({ path: [forwarder] }), at('8'), 2_000), plainProxy, 2_000)).toBe(90n)
  })

  it('stays as it is for a report that is old, out of bounds, or anybody’s', () => {
    for (const wrong of [{ round: 50 }, { answer: 9n }, { answer: 1_001n }, { path: [at('7')] }] as const)
      expect([wrong, afterUpdate(plain, update(wrong), oracle, 2_000)]).toEqual([wrong, null])
    expect(afterUpdate(plain, update(), at('8'), 2_000)).toBeNull()
    expect(afterUpdate(plain, update({ kind: 'secondary' }), oracle, 2_000)).toBeNull()
  })

  it('takes a lone oracle’s submission, and no one’s where several count', () => {
    const submission = update({ kind: 'flux', round: 8 })
    expect(afterUpdate(plain, submission, oracle, 2_000)).toBeNull()
    expect(answerTo(afterUpdate({ ...plain, isSingle: true }, submission, oracle, 2_000), plainProxy, 2_000)).toBe(90n)
    expect(afterUpdate({ ...plain, isSingle: true }, update({ kind: 'flux', round: 7 }), oracle, 2_000)).toBeNull()
  })

  it('shows an SVR proxy a primary round only beyond its cut-off', () => {
    const after = afterUpdate(dual, update(), oracle, 2_000)
    expect([2_000, 2_030, 2_031].map((second) => answerTo(after, svrProxy, second))).toEqual([100n, 100n, 90n])
    expect(answerTo(after, plainProxy, 2_000)).toBe(90n)
    expect(after === null ? null : nextShown(after, svrProxy, 2_000)).toBe(2_031)
    expect(after === null ? null : nextShown(after, svrProxy, 2_031)).toBeNull()
  })

  it('shows it a secondary round at once, and the other proxy in the next block', () => {
    const after = afterUpdate(dual, update({ kind: 'secondary', path: [forwarder] }), at('8'), 2_000)
    expect([answerTo(after, svrProxy, 2_000), answerTo(after, plainProxy, 2_000)]).toEqual([90n, 100n])
    expect(answerTo(after, plainProxy, 2_012)).toBe(90n)
  })

  it('shows it a known primary round when its secondary comes, once', () => {
    const known = afterUpdate(dual, update(), oracle, 2_000) ?? dual
    const secondary = update({ kind: 'secondary' })
    const after = afterUpdate(known, secondary, oracle, 2_012)
    expect(answerTo(after, svrProxy, 2_012)).toBe(90n)
    expect(afterUpdate(after ?? known, secondary, oracle, 2_024)).toBeNull()
  })

  it('tells a round once, however its logs come', () => {
    const one = withRound(withRound(withShown(dual, 8), round(8, 80n, 2_000)), {
      ...round(8, 80n, 2_000),
      observedAt: 0,
    })
    expect(one.rounds.map(({ id, observedAt }) => [id, observedAt])).toEqual([
      [7, 995],
      [8, 1_995],
    ])
    expect(one.dual?.isLatestSecondary).toBe(true)
  })
})

describe('formulas of adapters', () => {
  it('cap a ratio by a line that rises with time', () => {
    const rates = [1_200n, 1_000n, 100n, 2n]
    const capo = (second: number, base = 50n): bigint => formulas.capo([base], rates, [3n], second)
    // 1000 + 2 × (150 − 100) = 1100 caps 1200 until 200.
    expect([capo(150), capo(200), capo(300), capo(150, -1n)]).toEqual([55n, 60n, 60n, 0n])
  })

  it('hold a lid, multiply pegs, price shares, and take the middle', () => {
    expect([formulas['price-cap']([99n], [98n], [], 0), formulas['price-cap']([97n], [98n], [], 0)]).toEqual([98n, 97n])
    expect(formulas.peg([3n * 10n ** 8n, 5n * 10n ** 8n], [], [8n, 10n ** 16n], 0)).toBe(15n * 10n ** 8n)
    expect(formulas.peg([3n, 0n], [], [8n, 10n ** 16n], 0)).toBe(0n)
    expect(formulas.vault([100n], [12n * 10n ** 17n], [], 0)).toBe(120n)
    expect([formulas.median([9n, 1n, 5n], [], [], 0), formulas.median([9n, 1n], [], [], 0)]).toEqual([5n, 5n])
  })

  it('make Morpho’s price of feeds and vaults, rounded down, and of no negative answer', () => {
    const factors = { baseVault: 11n, baseFeeds: [7n, 1n], quoteVault: 1n, quoteFeeds: [3n, 1n], scale: 10n }
    expect(morphoPrice(factors)).toBe(256n)
    expect(morphoPrice({ ...factors, quoteFeeds: [-3n] })).toBeNull()
    expect(morphoPrice({ ...factors, quoteFeeds: [0n] })).toBeNull()
  })
})

describe(`a hint (seed ${seed})`, () => {
  it('is none where it is garbage, and garbage never throws', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('hash', 'txs', 'to', 'callData', 'x'), fc.jsonValue()), (body) => {
        expect(hintIn(body as Rec)).toBeNull()
      }),
      { seed, numRuns: 1_000 },
    )
  })
})
