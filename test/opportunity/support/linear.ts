import {
  type Book,
  type Market,
  type MarketId,
  marketId,
  type Position,
  type PositionId,
  positionId,
} from '#core/book.ts'
import { type FeedId, feedId, type Reading } from '#core/feed.ts'
import type { Rec } from '#core/plain.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { type Chance, chanceOf } from '../../../bench/book/aave-book.ts'
import { createShelf, type Shelf } from '../../../src/book/shelf.ts'

/** A protocol with nothing to it: units of feeds, a debt below zero, grown by an index of 1e9; below when the sum is. */
export type Holding = { readonly feed: number; readonly units: bigint }
export type Account = { readonly id: PositionId; readonly holdings: readonly Holding[] }

export const home: MarketId = marketId('home')
export const priceOf = (n: number): FeedId => feedId(`p${n}`)

/** The exact sum, times 1e9. */
export function sumOf({ holdings }: Account, prices: readonly bigint[], index: bigint): bigint {
  return holdings.reduce(
    (sum, { feed, units }) => sum + units * (prices[feed] as bigint) * (units < 0n ? index : 1_000_000_000n),
    0n,
  )
}

const indexAt = (timestamp: number): bigint => 1_000_000_000n + BigInt(timestamp)

export const linear = {
  exposure: (_book: Book, position: Position) => [
    {
      allowance: 0,
      terms: (position.data.holdings as readonly Holding[]).map(({ feed, units }) => ({
        weight: Number(units),
        feed: priceOf(feed),
        market: units < 0n ? home : null,
        slot: 0,
      })),
    },
  ],
  indices: (_book: Book, { timestamp }: Scene['block'], _market: Market) => [Number(indexAt(timestamp)) / 1e9],
} as unknown as Strategy

export const put = ({ id, holdings }: Account): { op: 'put-position'; position: Position } => ({
  op: 'put-position',
  position: { id, market: home, owner: null, data: { holdings } as unknown as Rec },
})

export type World = {
  readonly chance: Chance
  readonly shelf: Shelf
  readonly accounts: Account[]
  /** Integers, as a feed has them. */
  readonly prices: bigint[]
  timestamp: number
}

export const indexIn = ({ timestamp }: World): bigint => indexAt(timestamp)

export function sceneIn(world: World, book: Book = world.shelf): Scene {
  const readings = new Map<FeedId, Reading>(
    world.prices.map((value, n) => [priceOf(n), { value, updatedAt: world.timestamp }]),
  )
  const block = { number: 1, timestamp: world.timestamp, baseFee: 0n as never, parentHash: '0x' as const }
  return { id: '', block, trigger: 'head', book, feed: (id) => readings.get(id) ?? null, before: [] }
}

/** Two or three collaterals and a debt, mostly; health one and an exponential above it. */
export function randomAccount({ chance, prices }: World, n: number): Account {
  const count = 1 + Math.floor(chance() * 3)
  const feeds = new Set<number>()
  while (feeds.size < count + 1) feeds.add(Math.floor(chance() ** 2 * prices.length))
  const [debt, ...collaterals] = [...feeds] as [number, ...number[]]
  const holdings = collaterals.map((feed) => ({ feed, units: BigInt(Math.floor(1e9 + chance() * 1e15)) }))
  const worth = holdings.reduce((sum, { feed, units }) => sum + units * (prices[feed] as bigint), 0n)
  const health = BigInt(Math.round((1.004 - Math.log(1 - chance()) * 0.8) * 1e6))
  const units = -((worth * 1_000_000n) / (health * (prices[debt] as bigint)) + 1n)
  return { id: positionId(`acc/0x${n.toString(16).padStart(40, '0')}`), holdings: [...holdings, { feed: debt, units }] }
}

/**
 * An account whose exact sum now is below zero by less than a float can tell: its health is 1 − 1e-12 at most. Its
 * units are such that a 32-bit weight is rounded either way.
 */
export function plantedAccount(world: World, n: number): Account {
  const { chance, prices } = world
  const index = indexIn(world)
  const [one, two] = [n % prices.length, (n * 7 + 1) % prices.length]
  const feed = one
  const debt = two === one ? (one + 1) % prices.length : two
  const units = BigInt(Math.floor(1e14 + chance() * 1e15)) * 1_000_003n
  const worth = units * (prices[feed] as bigint) * 1_000_000_000n
  const owed = worth / ((prices[debt] as bigint) * index) + 1n
  return {
    id: positionId(`acc/0x${n.toString(16).padStart(40, '0')}`),
    holdings: [
      { feed, units },
      { feed: debt, units: -owed },
    ],
  }
}

export function createWorld(seed: number, accounts: number, feeds: number): World {
  const chance = chanceOf(seed)
  const prices = Array.from({ length: feeds }, () => BigInt(Math.floor(10 ** (8 + chance() * 5))))
  const world: World = { chance, shelf: createShelf(), accounts: [], prices, timestamp: 1_000 }
  world.shelf.apply({ op: 'put-market', market: { id: home, epoch: 0, data: {} } })
  for (let n = 0; n < accounts; n += 1) world.accounts.push(randomAccount(world, n))
  return world
}
