import { describe, expect, it } from 'vitest'
import { randomOf } from '../../sandbox/random.ts'
import { type Address, address } from '../../src/core/address.ts'
import { marketId, type Position, positionId } from '../../src/core/book.ts'
import { feedId } from '../../src/core/feed.ts'
import { wei } from '../../src/core/numbers.ts'
import type { Scene } from '../../src/core/scene.ts'
import type { Adjustment, Strategy } from '../../src/core/strategy.ts'
import { createAlerts } from '../../src/watch/alerts.ts'
import { distance, hitProbability, yearSeconds } from '../../src/watch/distance.ts'
import { volatilityOf } from '../../src/watch/feed-volatility.ts'
import { interestCrossing } from '../../src/watch/interest-crossing.ts'
import { liquidationPrices } from '../../src/watch/liquidation-price.ts'
import { deleverages, repays, topUps } from '../../src/watch/rescue.ts'
import type { Watched } from '../../src/watch/watched.ts'

const e18 = 10n ** 18n
const wad = (value: number): bigint => BigInt(Math.round(value * 1e9)) * 10n ** 9n
const token = (at: number): Address => address(`0x${at.toString(16).padStart(40, '0')}`)
const [C, D] = [token(1), token(2)]
const price = feedId('c')

/** The plain sums of a lender: cover over debt, both growing at yearly rates; collateral priced by one feed. */
type Plain = { readonly c: bigint; readonly d: bigint }
type Terms = { readonly threshold: number; readonly borrowRate?: number; readonly supplyRate?: number }

function plain({ c, d }: { c: number; d: number }, terms: Terms): Watched {
  const year = (at: number): number => at / yearSeconds
  const grown = (units: bigint, rate: number, at: number): bigint => (units * wad(Math.exp(rate * year(at)))) / e18
  const judge = (scene: Scene, { data }: Position<Plain>) => {
    const at = scene.block.timestamp
    const held = (grown(data.c, terms.supplyRate ?? 0, at) * (scene.feed(price)?.value ?? 0n)) / e18
    const owed = grown(data.d, terms.borrowRate ?? 0, at)
    const healthFactor = owed === 0n ? 2n ** 256n - 1n : (held * wad(terms.threshold)) / owed
    return { liquidatable: healthFactor < e18, healthFactor }
  }
  const adjust = (
    _scene: Scene,
    position: Position<Plain>,
    { asset, collateral, debt }: Adjustment,
  ): Position<Plain> => ({
    ...position,
    data: { c: position.data.c + (asset === C ? collateral : 0n), d: position.data.d + (asset === D ? debt : 0n) },
  })
  const line = { terms: [{ weight: 1, feed: price, market: null, slot: 0 }], allowance: 0 }
  const module = { judge, adjust, exposure: () => [line], feeds: () => [] } as unknown as Strategy
  const scene: Scene = {
    ...{ id: 's', trigger: 'head', before: [], book: {} as never },
    block: { number: 1, timestamp: 0, baseFee: wei(0n), parentHash: '0x' },
    feed: () => ({ value: e18, updatedAt: 0 }),
  }
  const position = { id: positionId('p'), market: marketId('m'), owner: null, data: { c: wad(c), d: wad(d) } }
  return { module, scene, position }
}
const holdings = ({ position }: Watched) => ({
  collateral: [{ asset: C, units: position.data.c as bigint }],
  debt: [{ asset: D, units: position.data.d as bigint }],
})

describe('what restores a health', () => {
  it('deleverages as the vector: 1000 held, 800 owed, LT 0.83, target 1.1, 0.3 % lost in the swap', () => {
    const watched = plain({ c: 1_000, d: 800 }, { threshold: 0.83 })
    const sell = (_c: Address, _d: Address, units: bigint): bigint => (units * 997n) / 1_000n
    const [found] = deleverages(watched, holdings(watched), wad(1.1), sell)
    expect(Number(found!.sells) / 1e18).toBeCloseTo(187.4766, 4)
    expect((830 - 0.83 * (Number(found!.sells) / 1e18)) / (800 - Number(found!.repays) / 1e18)).toBeCloseTo(1.1, 12)
  })

  const seed = Number(process.env.SEED ?? 3)
  it(`repays D − N ÷ H, tops up (H · D − N) ÷ LT, to the last unit (seed ${seed})`, () => {
    const random = randomOf(seed)
    for (let at = 0; at < 200; at += 1) {
      const [threshold, target] = [random.whole(50, 95) / 100, random.whole(105, 200) / 100]
      const [c, d] = [random.whole(1_000, 100_000), random.whole(500, 90_000)]
      const watched = plain({ c, d }, { threshold })
      const [repay] = repays(watched, holdings(watched), wad(target))
      const [topUp] = topUps(watched, holdings(watched), wad(target))
      expect(Number(repay!.units) / 1e18).toBeCloseTo(Math.max(0, d - (threshold * c) / target), 6)
      expect(Number(topUp!.units) / 1e18).toBeCloseTo(Math.max(0, (target * d - threshold * c) / threshold), 6)
    }
  })

  it('says nothing where the pools give too little for a sale to help', () => {
    const watched = plain({ c: 1_000, d: 820 }, { threshold: 0.83 })
    const halfLost = (_c: Address, _d: Address, units: bigint): bigint => units / 2n
    expect(deleverages(watched, holdings(watched), wad(1.1), halfLost)).toEqual([])
    const thin = (_c: Address, _d: Address, units: bigint): bigint => (units * 10n * e18) / (10n * e18 + units)
    expect(deleverages(watched, holdings(watched), wad(1.1), thin)).toEqual([])
  })
})

describe('how near the line is', () => {
  it('is told in sigmas, and as the vector: 10 % away, 80 % a year, one day: 1.19 %', () => {
    const sigmas = distance(1, 0.9, 0.8, 86_400)
    expect(sigmas).toBeCloseTo(2.51614, 5)
    expect(hitProbability(sigmas) * 100).toBeCloseTo(1.19, 2)
    expect(hitProbability(0)).toBeCloseTo(1, 6)
    // 2 Φ(−1.96) and 2 Φ(−3), as tables have them.
    expect(hitProbability(1.959964)).toBeCloseTo(0.05, 6)
    expect(hitProbability(3)).toBeCloseTo(0.0026998, 7)
  })

  it('the price is the highest that sinks it: D ÷ (LT · q)', () => {
    const [found] = liquidationPrices(plain({ c: 1_000, d: 800 }, { threshold: 0.83 }))
    expect(found).toMatchObject({ side: 'below', now: e18 })
    expect(Number(found!.at) / 1e18).toBeCloseTo(800 / 830, 12)
  })

  it('interest crosses after ln(HF) ÷ (rb − rs)', () => {
    const crossing = interestCrossing(
      plain({ c: 1_000, d: 800 }, { threshold: 0.83, borrowRate: 0.09, supplyRate: 0.02 }),
      12,
    )
    expect(crossing! / yearSeconds).toBeCloseTo(Math.log(830 / 800) / 0.07, 6)
    expect(interestCrossing(plain({ c: 1_000, d: 800 }, { threshold: 0.83, supplyRate: 0.01 }), 12)).toBeNull()
  })

  it('volatility is the root of the squared moves in a year', () => {
    const answers = Array.from({ length: 101 }, (_, at) => ({ value: at % 2 === 0 ? 100 : 101, at: at * 3_600 }))
    expect(volatilityOf(answers)!.sigma).toBeCloseTo(Math.log(1.01) * Math.sqrt(8_760), 9)
    expect(volatilityOf(answers.slice(0, 7))).toBeNull()
  })
})

describe('alerts', () => {
  const heard = (healths: readonly number[]) => {
    const { see } = createAlerts()
    return healths.map((health) => see('p', wad(health)))
  }
  it('tell of the lowest level newly below, once', () => {
    expect(heard([2, 1.4, 1.4, 1.07, 1.06, 0.99]).map((one) => one?.level ?? null)).toEqual([
      null,
      1.5,
      null,
      1.1,
      null,
      1,
    ])
  })
  it('are armed again 0.05 above a level, under another key', () => {
    const found = heard([1.04, 1.06, 1.04, 1.0999, 1.04, 1.1, 1.049])
    expect(found.map((one) => one?.key ?? null)).toEqual(['p/1.05/0', null, null, null, null, null, 'p/1.05/1'])
  })
})
