import type { Market } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import { accrued, exchangeRate, owed, slotIn } from './accrue.ts'
import {
  type Account,
  type CompoundMarket,
  type CompoundPosition,
  type CToken,
  type Factors,
  type Holding,
  type Hub,
  isCToken,
  isHub,
} from './records.ts'
import type { Moment, Side } from './standing.ts'

export type CompoundScene = Scene<CompoundMarket, Account>

/** A side with the records it comes from; `now` is the market accrued to the scene's block. */
export type Held = Side & {
  readonly holding: Holding
  readonly of: Market<CToken>
  readonly now: CToken
  readonly incentive: bigint
}
export type AccountData = { readonly hub: Hub; readonly account: Account; readonly held: readonly Held[] }
/** Why an account cannot be judged. */
export type Unjudged =
  | { readonly missing: 'hub' }
  | { readonly missing: 'market' }
  | { readonly missing: 'vai' }
  | { readonly missing: 'price'; readonly feed: FeedId }

/** The account's markets at the scene's block. One that owes VAI is not judged: no log tells its interest. */
export function accountData(scene: CompoundScene, position: CompoundPosition): AccountData | Unjudged {
  const hub = scene.book.market(position.market)
  if (!isHub(hub)) return { missing: 'hub' }
  if (position.data.vai > 0n) return { missing: 'vai' }
  const held: Held[] = []
  for (const holding of position.data.holdings) {
    const of = scene.book.market(holding.market)
    if (!isCToken(of)) return { missing: 'market' }
    // Venus core asks no price where there is nothing to price.
    if (hub.data.family === 'venus-core' && holding.tokens === 0n && holding.principal === 0n) continue
    const price = scene.feed(of.data.feed)
    if (price === null || price.value <= 0n) return { missing: 'price', feed: of.data.feed }
    held.push(heldIn(scene, hub.data, position.data, holding, of, price.value))
  }
  return { hub: hub.data, account: position.data, held }
}

function heldIn(
  scene: CompoundScene,
  hub: Hub,
  account: Account,
  holding: Holding,
  of: Market<CToken>,
  price: bigint,
): Held {
  const now = accrued(of.data, slotIn(of.data, scene.block))
  const { threshold, incentive } = factorsIn(hub, account.pool, of.data)
  const moment = (market: CToken): Moment => ({ rate: exchangeRate(market), owed: owed(market, holding) })
  return {
    ...{ market: of.id, tokens: holding.tokens, threshold, incentive, price, holding, of, now },
    isForced: of.data.isForced || holding.isForced,
    stored: moment(of.data),
    accrued: moment(now),
  }
}

const none: Factors = { pool: 0, isListed: false, threshold: 0n, incentive: 0n }

/** An account's factors in a market: its e-mode's, or the core pool's. Source: MarketFacet.getLiquidationParams. */
export function factorsIn(hub: Pick<Hub, 'pools'>, pool: number, { factors }: Pick<CToken, 'factors'>): Factors {
  const core = factors.find((one) => one.pool === 0) ?? none
  const chosen = hub.pools.find(({ id }) => id === pool)
  if (pool === 0 || chosen === undefined || !chosen.isActive) return core
  const own = factors.find((one) => one.pool === pool) ?? none
  return !own.isListed && chosen.fallsBack ? core : own
}
