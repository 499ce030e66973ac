import type { Address } from '#core/address.ts'
import type { Market, MarketId } from '#core/book.ts'
import { type Curve, fillTo } from '#core/curve.ts'
import { amount } from '#core/numbers.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { Venue } from '#core/venue.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Laid } from './laid.ts'
import type { Factors } from './shock.ts'

/** A pool as it stood before any shock: what its first unit sold got, after fee, each way. */
export type Anchor = {
  readonly key: string
  readonly venue: Venue
  readonly id: MarketId
  readonly tokens: readonly [Address, Address]
  readonly bids: readonly [number, number]
}

/** Smaller differences are the floats' own. */
const tolerance = 1e-7
/** What a trade's own fee leaves in the pool moves it once more, by far less. */
const passesMost = 6

/** Admitted pools that sell both ways; what time alone moves (an unwrapping) has no market. */
export const anchorsOf = (mirror: Mirror, spec: SceneSpec): readonly Anchor[] =>
  [...mirror.admittedPools()].flatMap(({ key, venue: { module: venue }, id }): Anchor[] => {
    const pool = mirror.bookOf(key, spec).market(id)
    if (pool === undefined || venue.isTimed === true) return []
    const tokens = venue.tokens(pool)
    const bids = [bidOf(venue, pool, tokens[0]), bidOf(venue, pool, tokens[1])] as const
    return bids[0] > 0 && bids[1] > 0 ? [{ key, venue, id, tokens, bids }] : []
  })

/**
 * Others trade every pool to where the market is, along its own curve as on the chain: what it sold for before, times
 * what its one token has moved against its other. A pool that is there already is left as it is.
 */
export function arbitrage(
  mirror: Mirror,
  anchors: readonly Anchor[],
  spec: SceneSpec,
  laid: Laid,
  price: Factors,
): void {
  for (const anchor of anchors) {
    const [a, b] = anchor.tokens
    const ratio = price(a) / price(b)
    const before = mirror.bookOf(anchor.key, spec).market(anchor.id)
    let pool = before
    for (let pass = 0; pool !== undefined && pass < passesMost; pass += 1) {
      const moved = tradedTo(anchor, pool, ratio)
      if (moved === null) break
      pool = moved
    }
    if (pool !== undefined && pool !== before) laid.put(anchor.key, [{ op: 'put-market', market: pool }])
  }
}

/** Of the pool's first token against its second, over what the market says; 0.98 is 2 % below it. */
export function standingOver(anchor: Anchor, pool: Market, price: Factors): number {
  const [a, b] = anchor.tokens
  const wanted = anchor.bids[0] * (price(a) / price(b))
  return bidOf(anchor.venue, pool, a) / wanted
}

function tradedTo({ venue, tokens: [a, b], bids }: Anchor, pool: Market, ratio: number): Market | null {
  if (bidOf(venue, pool, a) > bids[0] * ratio * (1 + tolerance)) return soldDown(venue, pool, a, bids[0] * ratio)
  if (bidOf(venue, pool, b) > (bids[1] / ratio) * (1 + tolerance)) return soldDown(venue, pool, b, bids[1] / ratio)
  return null
}

/** Sold until a unit gets no more than `bid`, or as near to it as the pool takes. */
function soldDown(venue: Venue, pool: Market, token: Address, bid: number): Market | null {
  const { sold } = fillTo(venue.curve(pool, token), bid)
  for (let units = BigInt(Math.floor(sold)); units > 0n; units = (units * 9n) / 10n) {
    const done = venue.sell(pool, token, amount(units))
    if (done !== null) return done.after
  }
  return null
}

const bidOf = (venue: Venue, pool: Market, token: Address): number => firstBid(venue.curve(pool, token))
const firstBid = (curve: Curve): number => (curve[0] ?? 0) ** 2
