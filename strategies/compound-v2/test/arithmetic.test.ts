import { describe, expect, it } from 'vitest'
import { address } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { feedId } from '#core/feed.ts'
import { type Random, randomOf } from '../../../sandbox/random.ts'
import type { Held } from '../account-data.ts'
import { accrued, exchangeRate, owed } from '../accrue.ts'
import { type CToken, type Family, type Hub, noHolding, tokenId } from '../records.ts'
import { mostRepaid, seizeRatio, splitOf } from '../seizure.ts'
import { valued } from '../standing.ts'
import * as solidity from './solidity.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 11)
const cases = 3_000
const families: readonly Family[] = ['compound', 'venus-core', 'venus-isolated']
const wad = 10n ** 18n
const at = address('0x00000000000000000000000000000000000000c1')

function marketOf(random: Random): CToken {
  const decimals = random.one([6, 8, 18])
  const unit = 10n ** BigInt(decimals)
  const [cash, borrows] = [random.big(0n, unit * 10_000_000n), random.big(0n, unit * 10_000_000n)]
  return {
    ...{
      kind: 'cToken',
      comptroller: at,
      cToken: at,
      underlying: at,
      feed: feedId('one'),
      clock: 'block',
      source: null,
      scale: 0n,
    },
    ...{ accruedAt: 1_000, cash, borrows, rate: random.big(0n, 5n * 10n ** 11n), rateModel: at },
    borrowIndex: random.big(wad, 3n * wad),
    reserves: random.big(0n, (cash + borrows) / 10n),
    supply: random.big(1n, 10n ** 8n * 500_000_000n),
    badDebt: random.chance(0.3) ? random.big(0n, unit * 1_000n) : 0n,
    ...{ initialRate: 0n, reducedAt: random.whole(900, 1_000), factors: [], seizeShare: random.big(0n, wad / 20n) },
    reduceEvery: random.one([null, 1, 500]),
    reserveFactor: random.big(0n, wad),
    ...{ isForced: false, pausesLiquidation: false, pausesRepayment: false, pausesSeizure: false },
    ...{ pausesTransfer: false, pausesRedemption: false },
  }
}

function heldOf(random: Random, market: CToken, name: string): Held {
  const of: Market<CToken> = { id: tokenId(at), epoch: 0, data: market }
  const holding = { ...noHolding(of.id), principal: random.big(1n, 10n ** 24n), index: random.big(wad / 2n, 2n * wad) }
  const moment = { rate: exchangeRate(market), owed: owed(market, holding) }
  return {
    ...{ market: name as Held['market'], of, now: market, holding, isForced: false, stored: moment, accrued: moment },
    tokens: random.big(0n, 10n ** 16n),
    threshold: random.big(0n, wad),
    incentive: random.big(wad, (12n * wad) / 10n),
    price: random.big(10n ** 12n, 10n ** 33n),
  }
}

describe(`the arithmetic of Compound v2, seed ${seed}`, () => {
  it(`accrues as the contracts do, line by line, ${cases} times`, () => {
    const random = randomOf(seed)
    for (let at = 0; at < cases; at += 1) {
      const market = marketOf(random)
      const slot = 1_000 + random.whole(0, 100_000)
      expect(accrued(market, slot)).toEqual(solidity.accrueInterest(market, slot))
    }
  })

  it(`values collateral and debt in each family's own order of rounding, ${cases} times`, () => {
    const random = randomOf(seed + 1)
    let differ = 0
    for (let at = 0; at < cases; at += 1) {
      const held = heldOf(random, marketOf(random), 'one')
      const by = families.map((family) => valued(family, held, held.accrued))
      for (const [index, family] of families.entries())
        expect(by[index]?.weighted).toBe(
          solidity.weighted(family, held.threshold, held.accrued.rate, held.price, held.tokens),
        )
      if (by[0]?.weighted !== by[2]?.weighted) differ += 1
      expect(by[0]?.debt).toBe(solidity.truncated(held.price, held.accrued.owed))
    }
    // Were the orders the same, the test above could not tell them apart.
    expect(differ).toBeGreaterThan(cases / 10)
  })

  it(`sizes the repay so that one unit more seizes more than there is, ${cases} times`, () => {
    const random = randomOf(seed + 2)
    let byBalance = 0
    for (let at = 0; at < cases; at += 1) {
      const family = random.one(families)
      const hub = { family, closeFactor: wad / 2n, liquidator: null, treasuryShare: 0n } as Hub
      const pair = {
        hub,
        debt: heldOf(random, marketOf(random), 'debt'),
        collateral: heldOf(random, marketOf(random), 'coll'),
      }
      const most = mostRepaid(pair)
      const takes = (repay: bigint): boolean => solidity.liquidates(pair, repay)
      expect(takes(most + 1n)).toBe(false)
      if (most > 0n) expect(takes(most)).toBe(true)
      if (most < (pair.debt.accrued.owed * hub.closeFactor) / wad) byBalance += 1
    }
    expect(byBalance).toBeGreaterThan(cases / 10)
  })

  it(`splits what is seized as each family does, ${cases} times`, () => {
    const random = randomOf(seed + 3)
    for (let at = 0; at < cases; at += 1) {
      const family = random.one(families)
      const hub = {
        family,
        liquidator: family === 'venus-core' ? address(`0x${'a'.repeat(40)}`) : null,
        treasuryShare: random.big(0n, wad),
      } as Hub
      const held = heldOf(random, marketOf(random), 'one')
      const tokens = random.big(0n, held.tokens)
      const split = splitOf(hub, held, tokens)
      expect(split.protocol).toBe(solidity.protocolTokens(hub, held, tokens))
      expect(split.liquidator + split.protocol).toBe(tokens)
    }
  })

  it('gives no ratio where there is nothing to divide by', () => {
    const random = randomOf(seed + 4)
    const hub = { family: 'compound', closeFactor: wad } as Hub
    const held = heldOf(random, marketOf(random), 'one')
    const worthless = { ...held, accrued: { ...held.accrued, rate: 0n } }
    expect(seizeRatio({ hub, debt: held, collateral: worthless })).toBeNull()
    expect(mostRepaid({ hub, debt: held, collateral: worthless })).toBe(0n)
  })
})
