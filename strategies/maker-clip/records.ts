import type { Address, Hex } from '#core/address.ts'
import {
  type Book,
  type Market,
  type MarketId,
  marketId,
  type Position,
  type PositionId,
  positionId,
} from '#core/book.ts'
import type { Scene } from '#core/scene.ts'

/** What all collaterals share. */
export type System = {
  readonly kind: 'system'
  readonly dog: Address
  readonly vat: Address
  readonly spotter: Address
  readonly daiJoin: Address
  readonly dai: Address
  readonly ilkRegistry: Address
  /** Ray: dollars a DAI is meant to be worth. */
  readonly par: bigint
  /** Rad: the most DAI that all auctions may be out to raise, and what they are out to raise now. */
  readonly hole: bigint
  readonly dirt: bigint
  readonly isLive: boolean
}

/** How an auction's price falls from its `top`; ray, seconds. `none`: a contract of another kind. */
export type Curve =
  | { readonly shape: 'stair'; readonly step: bigint; readonly cut: bigint }
  | { readonly shape: 'exponential'; readonly cut: bigint }
  | { readonly shape: 'linear'; readonly tau: bigint }
  | { readonly shape: 'none' }

/** One collateral with its clipper. Wad 1e18, ray 1e27, rad 1e45. */
export type Ilk = {
  readonly kind: 'ilk'
  readonly ilk: Hex
  readonly clip: Address
  readonly calc: Address
  readonly curve: Curve
  readonly gem: Address
  readonly gemJoin: Address
  readonly decimals: number
  /** Ray. `spot`: the price a wad of collateral counts for, as last poked. */
  readonly rate: bigint
  readonly spot: bigint
  readonly mat: bigint
  /** Rad. */
  readonly dust: bigint
  readonly hole: bigint
  readonly dirt: bigint
  /** Wad. */
  readonly chop: bigint
  /** Ray, seconds, ray, wad, rad. */
  readonly buf: bigint
  readonly tail: bigint
  readonly cusp: bigint
  readonly chip: bigint
  readonly tip: bigint
  readonly stopped: bigint
  readonly kicks: bigint
  readonly pip: Address
  /** An OSM shows a price an hour old, and keeps the one to come; `feed`: anybody may read what it shows. */
  readonly source: 'osm' | 'feed'
  /** Wad dollars; `null` where the OSM holds none. Of an OSM only. */
  readonly current: bigint | null
  readonly next: bigint | null
  /** Seconds: the hour the current price was taken at, and how long until the next may be. */
  readonly since: number
  readonly hop: number
  readonly isStopped: boolean
}

/** Wad; `art` times the collateral's rate is owed. */
export type Urn = { readonly kind: 'urn'; readonly ink: bigint; readonly art: bigint }
export type Auction = {
  readonly kind: 'auction'
  readonly number: bigint
  /** Rad still to raise, wad of collateral still to sell. */
  readonly tab: bigint
  readonly lot: bigint
  /** Second it began at, and the price then, in ray. */
  readonly tic: number
  readonly top: bigint
  readonly usr: Address
}

/** What must be poked before an urn is unsafe in the vat too. */
export type Poke = 'none' | 'spotter' | 'osm'
export type Case =
  | { readonly act: 'bark'; readonly urn: Address; readonly poke: Poke }
  | {
      readonly act: 'take'
      readonly number: bigint
      /** Ray; exact in the scene's block, and the most we pay. */
      readonly price: bigint
      /** How far below what its source says the collateral costs; `null` where that is little. */
      readonly bonusBps: bigint | null
    }
  | { readonly act: 'redo'; readonly number: bigint }

export type MakerMarket = System | Ilk
export type MakerPosition = Urn | Auction
export type MakerBook = Book<MakerMarket, MakerPosition>
export type MakerScene = Scene<MakerMarket, MakerPosition>
export type IlkMarket = Market<Ilk>

export const systemId = (dog: Address): MarketId => marketId(dog)
export const ilkId = (dog: Address, ilk: Hex): MarketId => marketId(`${dog}/${ilk}`)
export const urnId = (market: MarketId, urn: Address): PositionId => positionId(`${market}/${urn}`)
export const auctionId = (clip: Address, number: bigint): PositionId => positionId(`${clip}/${number}`)

export const isSystem = (market: Market<MakerMarket> | undefined): market is Market<System> =>
  market?.data.kind === 'system'
export const isIlk = (market: Market<MakerMarket> | undefined): market is IlkMarket => market?.data.kind === 'ilk'
export const isUrn = (position: Position<MakerPosition>): position is Position<Urn> => position.data.kind === 'urn'
export const isAuction = (position: Position<MakerPosition>): position is Position<Auction> =>
  position.data.kind === 'auction'

/** The one deployment a book is about. */
export function systemOf(book: MakerBook): Market<System> | null {
  for (const market of book.markets()) if (isSystem(market)) return market
  return null
}

export const ilksOf = (book: MakerBook): readonly IlkMarket[] => [...book.markets()].filter(isIlk)

/** Screen weights name a feed or none by the kind of price source: told anew when that changes. */
export const epochOf = (ilk: Ilk): number => (ilk.source === 'osm' ? 1 : 2)
