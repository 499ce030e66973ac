import { describe, expect, it } from 'vitest'
import { isBlocked } from '#core/opportunity.ts'
import { type Random, randomOf } from '../../../sandbox/random.ts'
import { assess } from '../assess.ts'
import { cometConfig } from '../config.ts'
import { judge } from '../judge.ts'
import { nextChange } from '../next-change.ts'
import { type Account, type AccountPosition, heldOf, isAccount, isStock, isTotals, totalsId } from '../records.ts'
import type { CometScene } from '../standing.ts'
import { terms } from '../terms.ts'
import { address, comet, exp, kinked, sceneOf } from './cases.ts'
import { isBelowTheLine, lastSold, type Pot, type Prices, potAt, reserves, sold, taken } from './independent.ts'

const seed = Number(process.env.SEED ?? 20_261)
const config = cometConfig.parse({ comet: `0x${'cc'.repeat(20)}`, unproven: 'act' })
const [one, two, three] = ['1', '2', '3'].map(address)

/** Two borrowers near the line, of one to three collaterals, after a while of interest. */
function randomCase(random: Random) {
  const baseDecimals = random.one([6, 8, 18])
  const listed = [one, two, three].map((asset, at) => ({
    asset: asset!,
    decimals: random.one([6, 8, 18]),
    price: 10 ** (4 * random.fraction()),
    liquidateCollateralFactor: 0.7 + 0.25 * random.fraction(),
    liquidationFactor: random.one([1, 0.95, 0.9 + 0.1 * random.fraction(), 0.6]),
    // Bits of the second field too.
    offset: random.chance(0.5) ? at : at + 15,
  }))
  const basePrice = random.one([1, 0.9987, 3_127.55])
  const account = () => {
    const held = random.some(listed, random.whole(1, 3))
    const values = held.map(() => 10 ** (1 + 4 * random.fraction()))
    const holds = Object.fromEntries(
      held.map(({ asset, decimals, price }, at) => [asset, exp(values[at]! / price, decimals) + 1n]),
    )
    const cover = values.reduce((sum, value, at) => sum + value * held[at]!.liquidateCollateralFactor, 0)
    return { principal: exp((cover * (0.8 + 0.5 * random.fraction())) / basePrice, baseDecimals) + 1n, holds }
  }
  const accounts = { a: account(), d: account() }
  const owed = accounts.a.principal + accounts.d.principal
  const others = random.big(0n, owed * 10n)
  const supplied = ((owed + others) * BigInt(random.whole(100, 200))) / 100n
  return sceneOf({
    ...{ baseDecimals, basePrice, accounts, assets: listed, storeFrontPriceFactor: random.fraction() },
    supplyRate: kinked(0.85, 0, 0.048, 1.6),
    borrowRate: kinked(0.85, 0.015, 0.053, 1.8),
    targetReserves: random.chance(0.2) ? 0n : owed,
    totals: {
      supplyIndex: 10n ** 15n + random.big(0n, 10n ** 14n),
      borrowIndex: 10n ** 15n + random.big(0n, 3n * 10n ** 14n),
      borrowed: owed + others,
      supplied,
      cash: (supplied * BigInt(random.whole(0, 120))) / 100n,
    },
    held: random.chance(0.5) ? { [one!]: exp(random.fraction(), 6) } : {},
    timestamp: random.whole(0, 10_000_000),
  })
}

const pricesIn = (scene: ReturnType<typeof sceneOf>): Prices => ({
  base: scene.feed(scene.market.data.baseFeed)?.value ?? 0n,
  of: (offset) => scene.feed(scene.market.data.assets.find((asset) => asset.offset === offset)!.feed)?.value ?? 0n,
})
const potIn = (scene: ReturnType<typeof sceneOf>, second = scene.block.timestamp): Pot => {
  const totals = scene.book.market(totalsId(comet))
  return isTotals(totals) ? potAt(scene.market.data, totals.data, second) : expect.fail('no totals')
}
const accountsIn = (scene: CometScene): readonly AccountPosition[] => [...scene.book.positions()].filter(isAccount)

describe(`against a second implementation, in fractions (seed ${seed})`, () => {
  it('who is below the line, what reserves are, what is taken and sold, and how much can be', () => {
    const random = randomOf(seed)
    const counts = { below: 0, healthy: 0, sales: 0, shut: 0, caught: 0 }
    for (let at = 0; at < 600; at += 1) {
      const scene = randomCase(random)
      const { data } = scene.market
      const [prices, pot] = [pricesIn(scene), potIn(scene)]
      for (const position of accountsIn(scene)) {
        const isBelow = isBelowTheLine(data, pot, position.data, prices)
        expect(judge(scene, position).liquidatable, position.id).toBe(isBelow)
        counts[isBelow ? 'below' : 'healthy'] += 1
      }
      const stocks = [...scene.book.positions()].filter(isStock)
      for (const stock of stocks) expect(judge(scene, stock).reserves).toBe(reserves(pot))
      for (const found of assess(config, scene, scene.market, [...scene.book.positions()])) {
        if (isBlocked(found)) {
          counts.shut += 1
          continue
        }
        const records = accountsIn(scene)
          .filter(({ owner }) => found.data.accounts.includes(owner!))
          .map(({ data: of }) => of)
        const after = records.reduce((left, of) => taken(data, left, of, prices), pot)
        expect(reserves(after) < 0n || reserves(after) < data.targetReserves).toBe(true)
        const asset = data.assets.find((listed) => listed.asset === found.data.asset)!
        const held =
          heldOf(stocks.find((stock) => stock.data.asset === asset.asset)!.data) + heldBy(records, asset.offset)
        const [segment] = found.feasible!.segments
        expect(segment).toEqual({ from: 1n, to: lastSold(data, asset.offset, prices, held) })
        const input = random.big(1n, segment!.to)
        const said = terms(scene, found, input)
        expect(said.repay).toBe(input)
        expect(said.seized).toEqual([{ asset: asset.asset, amount: sold(data, asset.offset, prices, input) }])
        const totals = said.after.flatMap((patch) => (patch.op === 'put-market' ? [patch.market.data] : []))[0]
        if (records.length > 0)
          expect(totals).toMatchObject({ supplied: after.supplied, borrowed: after.borrowed, cash: pot.cash + input })
        counts.sales += 1
        // Rounded the other way somewhere, it would be seen.
        const wrong = records.reduce((left, of) => taken(data, left, of, prices, 'up'), pot)
        if (records.length > 0 && wrong.supplied !== after.supplied) counts.caught += 1
      }
    }
    process.stdout.write(`seed ${seed}: ${JSON.stringify(counts)}\n`)
    expect(Math.min(counts.below, counts.healthy, counts.sales, counts.shut)).toBeGreaterThanOrEqual(100)
    expect(counts.caught).toBeGreaterThanOrEqual(50)
  })

  it('the second at which interest carries somebody over the line', () => {
    const random = randomOf(seed + 1)
    let crossings = 0
    for (let at = 0; at < 4_000 && crossings < 200; at += 1) {
      const scene = randomCase(random)
      for (const position of accountsIn(scene)) {
        const when = nextChange(scene, position)
        if (when === null || !('atSecond' in when)) continue
        const isBelow = (second: number): boolean =>
          isBelowTheLine(scene.market.data, potIn(scene, second), position.data, pricesIn(scene))
        expect([isBelow(when.atSecond - 1), isBelow(when.atSecond)], position.id).toEqual([false, true])
        crossings += 1
      }
    }
    process.stdout.write(`seed ${seed + 1}: ${crossings} crossings\n`)
    expect(crossings).toBeGreaterThanOrEqual(100)
  })
})

const heldBy = (accounts: readonly Account[], offset: number): bigint =>
  accounts.reduce((sum, { collateral }) => sum + (collateral.find((held) => held.offset === offset)?.balance ?? 0n), 0n)
