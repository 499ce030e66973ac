import { describe, expect, it } from 'vitest'
import type { Address } from '#core/address.ts'
import { type Random, randomOf } from '../../../sandbox/random.ts'
import type { Conditions } from '../conditions.ts'
import { type Sequence, sequence } from '../sequence.ts'
import { batchLiquidate, type Chain, Revert } from './reference.ts'
import { at, bookOf, drawn, e18, type Told, told, usual } from './world.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 11)
const [a, b, c] = [at(100), at(101), at(102)]
const run = (of: Told, owners: readonly Address[], conditions: Conditions = usual): Sequence | null =>
  sequence(of.system, bookOf(of), owners, conditions)

describe('a batch, by hand', () => {
  it('in normal mode: half of the debt offset, half redistributed to the stake that is left', () => {
    // 10 ether at 2,000 against 18,400 is 108.7 %.
    const done = run(told(9_200, [10, 18_400], [100, 50_000]), [a])!
    expect(done.compensation).toBe(e18 / 20n)
    expect(done.after.deposits).toBe(0n)
    // 9.95 ether: half to the pool, half to 100 of stake.
    expect(done.after.collPerStake).toBe(4_975n * 10n ** 13n)
    expect(done.after.debtPerStake).toBe(92n * e18)
    expect(done.after.activeColl).toBe(100n * e18)
    expect(done.after.defaultColl).toBe((4_975n * e18) / 1_000n)
    expect(done.after.collSnapshot).toBe((104_975n * e18) / 1_000n)
  })

  it('in recovery mode above 110 %: the pool gets 110 % of the debt, its owner keeps the rest', () => {
    const conditions = { ...usual, price: 200n * e18 }
    // 80 ether at 200 against 11,000 is 145.5 %; the whole is at 149 %.
    const of = told(11_000, [80, 11_000], [1_000, 133_800])
    const done = run(of, [a], conditions)!
    expect(done.taken[0]!.done).toMatchObject({
      isCapped: true,
      compensation: (3_025n * e18) / 10_000n,
      collOffset: (601_975n * e18) / 10_000n,
      surplus: (195n * e18) / 10n,
      debtRedistributed: 0n,
    })
    expect(run({ ...of, system: { ...of.system, deposits: 11_000n * e18 - 1n } }, [a], conditions)).toBeNull()
  })

  it('in recovery mode at or below 100 %: nothing goes to the pool', () => {
    const done = run(told(50_000, [10, 20_000], [100, 140_000]), [a])!
    expect(done.taken[0]!.done).toMatchObject({ debtOffset: 0n, debtRedistributed: 20_000n * e18 })
    expect(done.after.deposits).toBe(50_000n * e18)
  })

  it('uses the pool up half-way, and then redistributes', () => {
    const done = run(told(20_000, [10, 18_400], [10, 18_400], [1_000, 200_000]), [a, b])!
    expect(done.taken.map(({ done: one }) => one.debtOffset)).toEqual([18_400n * e18, 1_600n * e18])
    expect(done.after.defaultDebt).toBe(16_800n * e18)
  })

  it('leaves recovery mode half-way: who is above 110 % is passed over from then on', () => {
    const of = told(500_000, [100, 150_000], [20, 32_000], [375, 480_000])
    const conditions = { ...usual, ccr: (1_497n * e18) / 1_000n, price: 2_000n * e18 }
    const done = run(of, [a, b], conditions)!
    expect([done.beganInRecovery, done.endedInRecovery]).toEqual([true, false])
    expect(done.taken.map(({ owner }) => owner)).toEqual([a])
    expect(run(of, [a, b], { ...conditions, ccr: (17n * e18) / 10n })!.taken.map(({ owner }) => owner)).toEqual([a, b])
  })

  it('never takes the last trove: in normal mode to name it reverts, in recovery mode it is passed over', () => {
    expect(run(told(0, [10, 18_400]), [a], { ...usual, ccr: 0n })).toBeNull()
    expect(run(told(0, [10, 18_400]), [a])).toBeNull()
    expect(run(told(0, [10, 18_400], [10, 18_400]), [a, b], { ...usual, ccr: 0n })).toBeNull()
    expect(run(told(0, [10, 18_400], [10, 18_400]), [a, b])!.taken).toHaveLength(1)
  })

  it('passes over who is named twice, and who has no trove', () => {
    expect(run(told(0, [10, 18_400], [100, 50_000]), [c, a, a])!.taken).toHaveLength(1)
    expect(run(told(0, [10, 18_400], [100, 50_000]), [b, c])).toBeNull()
  })
})

type Case = { readonly of: Told; readonly owners: readonly Address[]; readonly conditions: Conditions }

function caseOf(random: Random): Case {
  const of = drawn(random)
  const owners = random.some([...of.troves.keys(), at(999)], random.whole(1, of.troves.size + 1))
  const conditions = {
    ...{ price: (usual.price * random.big(700n, 1_100n)) / 1_000n, mcr: (e18 * random.big(1_050n, 1_200n)) / 1_000n },
    ...{ ccr: (e18 * random.big(0n, 1_800n)) / 1_000n, divisor: random.big(1n, 400n) },
  }
  return { of, owners, conditions }
}

/** Both ways of one case, as text; `null`: it reverts. */
function bothWays({ of, owners, conditions }: Case, fault: (done: Sequence) => Sequence): readonly (string | null)[] {
  const chain: Chain = { system: of.system, troves: new Map(of.troves) }
  const text = (value: unknown): string =>
    JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? `${one}` : one))
  const ours = run(of, owners, conditions)
  const told = ours === null ? null : fault(ours)
  const mine = told === null ? null : text([told.compensation, told.taken.map(({ owner }) => owner), told.after])
  try {
    const paid = batchLiquidate(chain, owners, conditions)
    return [mine, text([paid.coll, paid.closed, chain.system])]
  } catch (error) {
    if (error instanceof Revert) return [mine, null]
    throw error
  }
}

describe(`batches at random, against a second writing of the contract (seed ${seed})`, () => {
  const count = 4_000
  const differing = (fault: (done: Sequence) => Sequence): { wrong: number; reverts: number } => {
    const random = randomOf(seed)
    const [tally] = [{ wrong: 0, reverts: 0 }]
    for (let at = 0; at < count; at += 1) {
      const [mine, theirs] = bothWays(caseOf(random), fault)
      if (mine !== theirs) tally.wrong += 1
      if (theirs === null) tally.reverts += 1
    }
    return tally
  }

  it('come to the same, to the wei', { timeout: 60_000 }, () => {
    const { wrong, reverts } = differing((done) => done)
    process.stdout.write(`${count} batches, ${reverts} refused, ${wrong} mismatches\n`)
    expect(wrong).toBe(0)
    expect(reverts).toBeGreaterThan(100)
    expect(reverts).toBeLessThan(count / 2)
  })

  it('and a wei of error in the remainder would be seen', { timeout: 60_000 }, () => {
    const fault = (done: Sequence): Sequence => ({
      ...done,
      after: { ...done.after, debtError: done.after.debtError + 1n },
    })
    expect(differing(fault).wrong).toBeGreaterThan(1_000)
  })
})
