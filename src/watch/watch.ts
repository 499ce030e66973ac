import type { Address } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { FeedId } from '#core/feed.ts'
import { type Holdings, holdingsOf } from '../engine/holdings-of.ts'
import type { Mirror } from '../engine/mirror.ts'
import { plainly } from '../scene/scene.ts'
import { bestSale } from './best-sale.ts'
import { distance, hitProbability } from './distance.ts'
import { interestCrossing } from './interest-crossing.ts'
import { type LiquidationPrice, liquidationPrices } from './liquidation-price.ts'
import { type Deleverage, deleverages, type Repay, repays, topUps } from './rescue.ts'
import { healthOf, isLiquidatable, type Watched } from './watched.ts'

/** A price at which it falls, and how near that is; `null` where nothing says how much the price moves. */
export type PriceRisk = LiquidationPrice & {
  /** What it was drawn from: given, or so many rounds of the feed's own history. */
  readonly volatility: { readonly sigma: number; readonly from: string } | null
  readonly sigmas: number | null
  readonly hitProbability: number | null
}

/** One position of a borrower, as it will be in the next block. Amounts in smallest units, healths wad. */
export type WatchedPosition = {
  readonly position: string
  readonly protocol: string
  readonly owner: Address
  readonly health: bigint | null
  readonly isLiquidatable: boolean
  readonly holdings: Holdings
  readonly prices: readonly PriceRisk[]
  /** Seconds since 1970. */
  readonly interestCrossing: number | null
  /** Each alone restores the target, in that block; empty where it is met. */
  readonly repay: readonly Repay[]
  readonly topUp: readonly Repay[]
  readonly deleverage: readonly Deleverage[]
}

export type WatchRequest = {
  readonly mirror: Mirror
  readonly block: Block
  readonly blockSeconds: number
  readonly wrapped: Address
  readonly hubs: readonly Address[]
  readonly owners: ReadonlySet<Address>
  /** Wad. */
  readonly target: bigint
  readonly horizonSeconds: number
  readonly volatility: (feed: FeedId) => PriceRisk['volatility']
}

/** Every position of these owners in any protocol of the book. Nothing is read: it is all in memory. */
export function watch(request: WatchRequest): readonly WatchedPosition[] {
  const { mirror, block, owners, wrapped, hubs } = request
  const spec = plainly(block, 'head')
  const sell = bestSale(mirror, spec, wrapped, hubs)
  return mirror.modules.strategies.flatMap(({ key, name, module }) => {
    const scene = mirror.sceneOf(key, spec)
    return [...scene.book.positions()].flatMap((position): readonly WatchedPosition[] => {
      const { owner } = position
      if (owner === null || !owners.has(owner)) return []
      const holdings = holdingsOf(module, scene, position)
      if (holdings.debt.length === 0) return []
      const watched: Watched = { module, scene, position }
      const health = healthOf(watched)
      const needs = health !== null && health < request.target
      return [
        {
          ...{ position: position.id, protocol: name, owner, health, holdings },
          isLiquidatable: isLiquidatable(watched),
          prices: liquidationPrices(watched).map((one) => risk(one, request)),
          interestCrossing: interestCrossing(watched, request.blockSeconds),
          repay: needs ? repays(watched, holdings, request.target) : [],
          topUp: needs ? topUps(watched, holdings, request.target) : [],
          deleverage: needs ? deleverages(watched, holdings, request.target, sell) : [],
        },
      ]
    })
  })
}

function risk(one: LiquidationPrice, { volatility, horizonSeconds }: WatchRequest): PriceRisk {
  const known = volatility(one.feed)
  const isNear = one.at !== null && known !== null && known.sigma > 0
  const sigmas = isNear ? distance(Number(one.now), Number(one.at), known.sigma, horizonSeconds) : null
  return { ...one, volatility: known, sigmas, hitProbability: sigmas === null ? null : hitProbability(sigmas) }
}
