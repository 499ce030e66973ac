import type { Position } from '#core/book.ts'
import type { Reading } from '#core/feed.ts'
import { wei } from '#core/numbers.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { createShelf, type Shelf } from '../../src/book/shelf.ts'
import { createScreen, type Screen } from '../../src/opportunity/screen.ts'
import type { AaveScene } from '../../strategies/aave-v3/account-data.ts'
import { exposure, indices } from '../../strategies/aave-v3/exposure.ts'
import { judge } from '../../strategies/aave-v3/judge.ts'
import type { Account } from '../../strategies/aave-v3/records.ts'
import {
  type Asset,
  aaveAccount,
  aaveMarkets,
  assetsOf,
  type Chance,
  chanceOf,
  openedAt,
  putMarket,
  putPosition,
} from './aave-book.ts'

/** An Aave book of so many accounts as the keeper holds it, its screen, and prices that can be moved. */
export type KeptBook = {
  readonly shelf: Shelf
  readonly screen: Screen
  readonly assets: readonly Asset[]
  readonly chance: Chance
  readonly prices: bigint[]
  readonly scene: () => Scene
  readonly isBelow: (position: Position) => boolean
}

/** The screen needs no more of a strategy. */
const strategy = { exposure, indices } as unknown as Strategy

export function keptBook(
  seed: number,
  accounts: number,
  assetCount: number,
  onAccount?: (position: Position<Account>) => void,
): KeptBook {
  const chance = chanceOf(seed)
  const assets = assetsOf(assetCount, chance)
  const shelf = createShelf()
  for (const market of aaveMarkets(assets, chance)) shelf.apply(putMarket(market) as never)
  const screen = createScreen(strategy, shelf)
  for (let n = 0; n < accounts; n += 1) {
    const position = aaveAccount({ assets, chance })
    onAccount?.(position)
    shelf.apply(putPosition(position) as never)
  }
  const prices = assets.map(({ price }) => BigInt(price))
  const block = { number: 1, timestamp: openedAt, baseFee: wei(0n), parentHash: '0x' as const }
  const scene = (): Scene => {
    const readings = prices.map((value): Reading => ({ value, updatedAt: 0 }))
    const slots = new Map(prices.map((_, slot) => [`price-${slot}`, slot]))
    return {
      id: '',
      block,
      trigger: 'head',
      book: shelf,
      feed: (id) => readings[slots.get(id) ?? -1] ?? null,
      before: [],
    }
  }
  return { shelf, screen, assets, chance, prices, scene, isBelow: (position) => isBelow(scene(), position) }
}

export const isBelow = (scene: Scene, position: Position): boolean =>
  judge(scene as unknown as AaveScene, position as Position<Account>).liquidatable

/** The prices with one of them half a per cent lower: of the asset most accounts hold. */
export function tick(kept: KeptBook): Scene {
  const before = kept.prices[0] as bigint
  kept.prices[0] = (before * 995n) / 1000n
  const scene = kept.scene()
  kept.prices[0] = before
  return scene
}
