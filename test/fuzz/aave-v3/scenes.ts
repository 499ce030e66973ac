import type { Address } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import { WAD } from '#core/numbers.ts'
import type { Random } from '../../../sandbox/random.ts'
import type { AaveScene } from '../../../strategies/aave-v3/account-data.ts'
import { accountData } from '../../../strategies/aave-v3/account-data.ts'
import { priceFeed } from '../../../strategies/aave-v3/feeds.ts'
import { type AavePosition, isPool } from '../../../strategies/aave-v3/records.ts'
import { type AaveBook, sceneOn } from '../../aave-v3/support/chain.ts'

export type FuzzScene = { readonly scene: AaveScene; readonly prices: ReadonlyMap<Address, bigint> }

/**
 * A time from the next second to a year ahead, and prices that bring this account to a health factor near one of the
 * lines, or far below; now and then prices of a few units only, where every rounding shows.
 */
export function randomScene(
  book: AaveBook,
  head: Block,
  position: AavePosition,
  base: ReadonlyMap<Address, bigint>,
  random: Random,
): FuzzScene {
  const timestamp = head.timestamp + random.one([1, 12, random.whole(2, 90_000), random.whole(90_000, 35_000_000)])
  const block: Block = { ...head, number: head.number + 1, timestamp }
  const shrink = random.chance(0.04) ? 10 ** random.whole(5, 9) : 1
  const prices = new Map<Address, bigint>()
  for (const [asset, price] of base) prices.set(asset, scaled(price, (0.75 + 0.5 * random.fraction()) / shrink))
  const pool = book.market(position.market)
  if (!isPool(pool)) return { scene: sceneOn(book, block, new Map()), prices }
  const { oracle } = pool.data
  const data = accountData(sceneOn(book, block, readings(oracle, prices)), pool.data, position.data)
  if (!('missing' in data) && data.healthFactor !== null && data.healthFactor > 0n) {
    const owed = new Set(data.holdings.filter((one) => one.isBorrowed).map((one) => one.market.data.asset))
    const factor = targetHealth(random) / (Number(data.healthFactor) / Number(WAD))
    for (const { isCollateral, market } of data.holdings) {
      const { asset } = market.data
      if (isCollateral && !owed.has(asset)) prices.set(asset, scaled(prices.get(asset) ?? 1n, factor))
    }
  }
  return { scene: sceneOn(book, block, readings(oracle, prices)), prices }
}

function targetHealth(random: Random): number {
  const kind = random.fraction()
  if (kind < 0.35) return 0.9505 + 0.0494 * random.fraction()
  if (kind < 0.45) return 0.95 + (random.fraction() - 0.5) * 1e-6
  if (kind < 0.55) return 1 + (random.fraction() - 0.5) * 1e-7
  if (kind < 0.8) return 0.6 + 0.35 * random.fraction()
  if (kind < 0.92) return 0.02 + 0.6 * random.fraction()
  return 1 + 0.1 * random.fraction()
}

const scaled = (price: bigint, by: number): bigint => {
  const next = BigInt(Math.max(1, Math.round(Number(price) * by)))
  return next > 0n ? next : 1n
}

function readings(oracle: Address, prices: ReadonlyMap<Address, bigint>): ReadonlyMap<FeedId, Reading> {
  return new Map([...prices].map(([asset, value]) => [priceFeed(oracle, asset), { value, updatedAt: 0 }]))
}
