import { describe, expect, it } from 'vitest'
import { RAY, WAD } from '#core/numbers.ts'
import { barkAt } from '../bark.ts'
import { priceAfter, statusAt } from '../curve.ts'
import type { Curve, Ilk } from '../records.ts'
import { takeOf } from '../take.ts'
import { gold, system } from './support/records.ts'

/** Figures that makerdao/dss fa4f6630 expects in its own tests, which run the contracts themselves. */
const rad = (dollars: bigint): bigint => dollars * WAD * RAY
const ether = (tenths: number): bigint => BigInt(tenths) * 10n ** 17n
const chost = rad(22n)
/** `takeSetup` of clip.t.sol: 110 to raise, 40 to sell, from 5 on. */
const sale = { tab: rad(110n), lot: 40n * WAD, top: 5n * RAY, tic: 604_411_200 }

describe('prices of clip.t.sol and abaci.t.sol', () => {
  it('is 2735783211953807380973706855 after 60 steps of a hundredth (avoids_recalculate_due_no_more_lot)', () => {
    expect(statusAt(gold, sale, sale.tic + 60)).toEqual({ price: 2735783211953807380973706855n, needsRedo: false })
  })

  it('is 1830161706366147524653080130 after 100 (test_redo_incentive)', () => {
    expect(statusAt(gold, sale, sale.tic + 100)?.price).toBe(1830161706366147524653080130n)
  })

  it('falls by a tenth every 360 seconds of 3600 (test_linear_decrease)', () => {
    const curve: Curve = { shape: 'linear', tau: 3_600n }
    for (let tenth = 0n; tenth <= 10n; tenth += 1n)
      expect(priceAfter(curve, 1_000n * RAY, 360n * tenth)).toBe((1_000n - 100n * tenth) * RAY)
  })

  it('halves every 900 seconds within a thousandth (test_continuous_exp_decrease)', () => {
    const curve: Curve = { shape: 'exponential', cut: 999230132966n * 10n ** 15n }
    for (let half = 0n; half < 5n; half += 1n) {
      const off = (priceAfter(curve, 4_000n * RAY, half * 900n) ?? 0n) - (4_000n * RAY) / 2n ** half
      expect(off < 0n ? -off : off).toBeLessThanOrEqual(RAY / 1_000n)
    }
  })

  it('holds between steps and then falls within the tolerance of the extremes (test_stairstep_exp_decrease)', () => {
    const cuts = [98_876_543_211n, 97_876_543_211n].map((cut) => cut * 10n ** 16n)
    const tops = [
      { top: 50_000_000n * RAY, tolerance: 100_000_000n },
      { top: RAY / 10_000_000n, tolerance: 1n },
    ]
    for (const cut of cuts)
      for (const step of [1n, 5n, 300n])
        for (const { top, tolerance } of tops) {
          let last = priceAfter({ shape: 'stair', step, cut }, top, 0n) ?? 0n
          expect(last).toBe(top)
          for (let second = 1n; second < 600n; second += 1n) {
            const price = priceAfter({ shape: 'stair', step, cut }, top, second) ?? 0n
            const expected = second % step === 0n ? (last * cut) / RAY : last
            expect(price - expected <= tolerance && expected - price <= tolerance).toBe(true)
            last = price
          }
        }
  })

  it('needs a redo one second after the tail, or below the cusp, and not before (test_auction_reset_tail, _cusp)', () => {
    const tailed: Ilk = { ...gold, curve: { shape: 'linear', tau: 36_000n }, cusp: RAY / 2n }
    const cusped: Ilk = { ...tailed, curve: { shape: 'linear', tau: 3_600n } }
    const needs = (ilk: Ilk, seconds: number) => statusAt(ilk, sale, sale.tic + seconds)?.needsRedo
    expect([needs(tailed, 3_600), needs(tailed, 3_601)]).toEqual([false, true])
    expect([needs(cusped, 1_800), needs(cusped, 1_801)]).toEqual([false, true])
  })
})

describe('takes of clip.t.sol', () => {
  const price = 5n * RAY
  const takes = [
    { test: 'over_tab', amt: 25n * WAD, owe: rad(110n), slice: 22n * WAD, tab: 0n, lot: 18n * WAD },
    { test: 'at_tab', amt: 22n * WAD, owe: rad(110n), slice: 22n * WAD, tab: 0n, lot: 18n * WAD },
    { test: 'under_tab', amt: 11n * WAD, owe: rad(55n), slice: 11n * WAD, tab: rad(55n), lot: 29n * WAD },
    {
      test: 'bid_recalculates_due_to_chost_check',
      amt: 18n * WAD,
      owe: rad(88n),
      slice: ether(176),
      tab: chost,
      lot: ether(224),
    },
    {
      test: 'bid_fails_no_partial_allowed, first',
      amt: ether(176),
      owe: rad(88n),
      slice: ether(176),
      tab: chost,
      lot: ether(224),
    },
    {
      test: 'multiple_bids_different_prices, first',
      amt: 10n * WAD,
      owe: rad(50n),
      slice: 10n * WAD,
      tab: rad(60n),
      lot: 30n * WAD,
    },
  ]

  it.each(takes)('gives what test_take_$test expects', ({ amt, owe, slice, tab, lot }) => {
    expect(takeOf(sale, price, chost, amt)).toEqual({ owe, slice, tab, lot, isOver: tab === 0n || lot === 0n })
  })

  it('sells all of a lot that is worth less than is to be raised (take_full_lot_partial_tab)', () => {
    const after69 = statusAt(gold, sale, sale.tic + 69)?.price ?? 0n
    const done = takeOf(sale, after69, chost, 40n * WAD)
    expect(done).toMatchObject({ slice: 40n * WAD, lot: 0n, isOver: true, owe: 40n * WAD * after69 })
    expect(rad(100n) - (done?.owe ?? 0n)).toBeLessThan(rad(1n) / 10n)
  })

  it('refuses a part of what raises no more than chost, and sells it whole (bid_fails_no_partial_allowed)', () => {
    const rest = { tab: chost, lot: ether(224) }
    expect(takeOf(rest, price, chost, WAD)).toBeNull()
    expect(takeOf(rest, price, chost, rest.tab / price)).toMatchObject({ owe: chost, tab: 0n, isOver: true })
  })
})

describe('barks of clip.t.sol and dog.t.sol', () => {
  const four = 4n * WAD
  const urn = { kind: 'urn', ink: 40n * WAD, art: 100n * WAD } as const
  const barked = (changes: Partial<Ilk>, of: typeof urn | { ink: bigint; art: bigint } = urn, hole = system.hole) =>
    barkAt({ ...system, hole }, { ...gold, ...changes }, { ...of, kind: 'urn' }, four)
  const noChop = { chop: WAD }

  it('auctions all of it, beginning a quarter above the price (takeSetup)', () => {
    expect(barked({})).toEqual({ dink: 40n * WAD, dart: 100n * WAD, tab: rad(110n), top: 5n * RAY, coin: 0n })
  })

  it('pays the kicker tip and chip (test_kick)', () => {
    expect(barked({ tip: rad(100n), chip: WAD / 50n })).toMatchObject({ coin: rad(100n) + rad(110n) / 50n })
  })

  it('leaves what is just not dust (bark_not_leaving_dust), and takes it one unit below (over_hole)', () => {
    expect(barked({ ...noChop, hole: rad(80n) })).toMatchObject({ dink: 32n * WAD, tab: rad(80n) })
    expect(barked({ ...noChop, hole: rad(80n) + RAY })).toMatchObject({ dink: 40n * WAD, tab: rad(100n) })
  })

  it('counts dust at the rate (bark_not_leaving_dust_rate, bark_only_leaving_dust_over_hole_rate)', () => {
    const rate = (102n * RAY) / 100n
    expect(barked({ ...noChop, rate, hole: rad(100n) })).toMatchObject({ dink: 40n * WAD, tab: 100n * WAD * rate })
    const edge = { ...noChop, rate, hole: rad(816n) / 10n, dust: rad(204n) / 10n }
    expect(barked(edge)).toMatchObject({ dink: 32n * WAD, tab: rad(816n) / 10n })
  })

  it('fills a hole of 75 but for 0.2 ray (partial_liquidation_Hole_limit, _hole_limit)', () => {
    for (const done of [barked({ hole: rad(75n) }), barked({}, urn, rad(75n))]) {
      const dart = ((rad(75n) - RAY / 5n) * WAD) / RAY / gold.chop
      expect(done).toMatchObject({ tab: rad(75n) - RAY / 5n, dart, dink: (40n * WAD * dart) / (100n * WAD) })
    }
  })

  it('exceeds the hole rather than leave dust, and only then (dog.t.sol, dirt_exceeds_hole, does_not_exceed)', () => {
    const [dust, hole] = [200n, 5_000n]
    const fits = (hole * WAD * WAD) / gold.chop
    const limits = { dust: rad(dust), hole: rad(hole) }
    const large = 10n ** 60n
    const dusty = barked(limits, { ink: WAD, art: fits + dust * WAD - 1n }, large)
    expect(dusty).toMatchObject({ tab: ((fits + dust * WAD - 1n) * RAY * gold.chop) / WAD })
    expect(barked(limits, { ink: WAD, art: fits + dust * WAD }, large)).toMatchObject({ dart: fits })
  })

  it('makes no auction of dust (bark_do_not_create_dusty_auction_hole)', () => {
    const rate = (3n * RAY) / 2n
    const dirt = (((((2_850n * 10n ** 45n) / rate) * WAD) / gold.chop) * rate * gold.chop) / WAD
    const limits = { rate, dust: rad(300n), hole: rad(3_000n), dirt }
    expect(barked(limits, { ink: WAD, art: (3_000n * WAD * WAD) / gold.chop }, 10n ** 60n)).toMatchObject({
      refused: 'gated',
    })
  })
})
