import { describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import type { Market, Patch, Position } from '#core/book.ts'
import { epochOf } from '#core/epoch.ts'
import { type FeedId, feedId, type Reading } from '#core/feed.ts'
import { wei } from '#core/numbers.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { aaveAccount, aaveMarkets, assetsOf, type Chance, chanceOf, openedAt } from '../../bench/book/aave-book.ts'
import { createBooks } from '../../src/book/books.ts'
import { overlay } from '../../src/book/overlay.ts'
import { createScreen } from '../../src/opportunity/screen.ts'
import { sceneAfter } from '../../src/scene/scene.ts'
import aave from '../../strategies/aave-v3/index.ts'
import type { AaveMarket, Account, Pool, Reserve } from '../../strategies/aave-v3/records.ts'
import type { RoundingName } from '../../strategies/aave-v3/rounding.ts'

const seed = Number(process.env.SEED ?? 20_261_124)
const assetCount = 12
const accounts = 1_000
const blocks = 100
const strategy = aave.create(
  aave.config.parse({ addressesProvider: '0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2', fromBlock: 0 }),
) as unknown as Strategy

const hashOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const priceFeed = (slot: number): FeedId => feedId(`price-${slot}`)
const putMarket = (market: Market<AaveMarket>): Patch => ({ op: 'put-market', market }) as unknown as Patch
const putPosition = (position: Position<Account>): Patch => ({ op: 'put-position', position }) as unknown as Patch

/** One of everything logs may do to a book. */
function change(
  chance: Chance,
  made: {
    readonly markets: Market<AaveMarket>[]
    readonly account: () => Position<Account>
    readonly known: Position<Account>[]
  },
): readonly Patch[] {
  const at = Math.floor(chance() * made.known.length)
  const one = made.known[at] as Position<Account>
  const which = Math.floor(chance() * 12)
  const slot = Math.floor(chance() * assetCount)
  const reserve = made.markets[slot] as Market<Reserve>
  const pool = made.markets.at(-1) as Market<Pool>
  const reserveWith = (data: Partial<Reserve>, epoch = reserve.epoch): Patch => {
    made.markets[slot] = { ...reserve, epoch, data: { ...reserve.data, ...data } }
    return putMarket(made.markets[slot] as Market<AaveMarket>)
  }
  const poolWith = (data: Partial<Pool>): Patch => {
    const next = { ...pool.data, ...data }
    made.markets[assetCount] = {
      ...pool,
      epoch: epochOf(...next.emodes.map((emode) => emode.collateralBitmap)),
      data: next,
    }
    return putMarket(made.markets[assetCount] as Market<AaveMarket>)
  }
  if (which === 0) return [{ op: 'drop-position', id: one.id }]
  if (which === 1) return [putPosition(made.account())]
  if (which === 2)
    return [reserveWith({ thresholdBps: (reserve.data.thresholdBps * BigInt(998 + Math.floor(chance() * 5))) / 1000n })]
  if (which === 3) return [reserveWith({ liquidityIndex: (reserve.data.liquidityIndex * 10_001n) / 10_000n })]
  if (which === 4 && chance() < 0.3)
    return [
      poolWith({
        emodes: pool.data.emodes.map((emode) => ({
          ...emode,
          collateralBitmap: BigInt(Math.floor(chance() * 2 ** assetCount)),
        })),
      }),
    ]
  if (which === 5)
    return [
      poolWith({
        emodes: pool.data.emodes.map((emode) => ({
          ...emode,
          thresholdBps: 9_280n + BigInt(Math.floor(chance() * 40)),
        })),
      }),
    ]
  const balances = one.data.balances.map((balance) =>
    balance.debt > 0n
      ? { ...balance, debt: 1n + (balance.debt * BigInt(900 + Math.floor(chance() * 220))) / 1000n }
      : balance,
  )
  made.known[at] = {
    ...one,
    data: { ...one.data, emode: chance() < 0.2 ? 1 - one.data.emode : one.data.emode, balances },
  }
  return [putPosition(made.known[at] as Position<Account>)]
}

/** Everybody below the line, by judging all: no screen. */
const belowOf = (scene: Scene): readonly string[] =>
  [...scene.book.positions()].flatMap((one) => (strategy.judge(scene, one).liquidatable ? [one.id] : [])).sort()

function run(rounding: RoundingName): { readonly below: number; readonly by: Record<string, number> } {
  const chance = chanceOf(seed)
  const assets = assetsOf(assetCount, chance)
  const markets = [...aaveMarkets(assets, chance, rounding)]
  const books = createBooks(64)
  const shelf = books.shelf('aave')
  const screen = createScreen(strategy, shelf)
  const account = (): Position<Account> => aaveAccount({ assets, chance, eModeShare: 0.15 })
  const known = Array.from({ length: accounts }, account)
  books.apply('aave', markets.map(putMarket))
  books.apply('aave', known.map(putPosition))
  assets.forEach(({ price }, slot) => {
    books.apply('aave', [{ op: 'put-feed', id: priceFeed(slot), reading: { value: BigInt(price), updatedAt: 0 } }])
  })
  const tally = { below: 0, by: {} as Record<string, number> }
  const check = (scene: Scene): void => {
    const picked = [...screen.pick(scene).values()].flat()
    const found = picked.flatMap((one) => (strategy.judge(scene, one).liquidatable ? [one.id] : [])).sort()
    expect(found).toEqual(belowOf(scene))
    tally.below += found.length
    tally.by[screen.effort().by] = (tally.by[screen.effort().by] ?? 0) + 1
  }
  const price = (slot: number, step: number): Patch => {
    const now = books.feed(priceFeed(slot))?.value ?? BigInt(assets[slot]?.price ?? 1)
    const value = BigInt(Math.max(1, Math.round(Number(now) * Math.exp(step))))
    const reading: Reading = chance() < 0.0005 ? null : { value, updatedAt: 0 }
    return { op: 'put-feed', id: priceFeed(slot), reading }
  }
  books.begin(hashOf(1), hashOf(0))
  let number = 1
  for (let block = 0; block < blocks; block += 1) {
    if (number > 5 && chance() < 0.1) {
      number -= 1 + Math.floor(chance() * 4)
      books.rollbackTo(hashOf(number))
      markets.forEach((market, at) => {
        markets[at] = (shelf.market(market.id) ?? market) as Market<AaveMarket>
      })
    }
    // A fork's block has another parent than the one undone, and the same number: the books do not mind.
    books.begin(hashOf(number + 1), hashOf(number))
    number += 1
    for (let n = 0; n < 5; n += 1) books.apply('aave', change(chance, { markets, account, known }))
    for (let slot = 0; slot < assetCount; slot += 1) books.apply('aave', [price(slot, (chance() - 0.5) * 0.004)])
    const at = { number, timestamp: openedAt + number * 12, baseFee: wei(0n), parentHash: hashOf(number) }
    const scene: Scene = { id: '', block: at, trigger: 'head', book: shelf, feed: books.feed, before: [] }
    check(scene)
    // The same with a price to come, and with what a plan's step would leave.
    check(sceneAfter(scene, [price(0, -0.01 * chance())], overlay))
    const laid = change(chance, { markets: [...markets], account, known: [...known] })
    check(sceneAfter(scene, [...laid, price(1, 0.01 * chance())], overlay))
    screen.tend(600)
  }
  return tally
}

describe(`the screen over Aave books (seed ${seed})`, () => {
  it.each(['v3.0', 'v3.5'] as const)('finds whom judging everybody finds, with the rounding of %s', (rounding) => {
    const tally = run(rounding)
    process.stdout.write(`${rounding}: ${JSON.stringify(tally)}\n`)
    expect(tally.below).toBeGreaterThan(blocks)
    expect(tally.by.index).toBeGreaterThan(blocks)
  })
})
