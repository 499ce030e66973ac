import { RAY } from '#core/numbers.ts'
import { priceFeed } from './feeds.ts'
import type { Ilk, IlkMarket, MakerScene, Poke, System, Urn } from './records.ts'

/** From dollars in wad to ray. */
const BLN = 10n ** 9n

/** What an OSM would show in a block of that second: poking is possible from `since + hop` on. Source: OSM.pass. */
export const canPoke = (ilk: Ilk, second: number): boolean =>
  ilk.source === 'osm' && !ilk.isStopped && second >= ilk.since + ilk.hop

/** Dollars in wad that the price source shows; `null` where it shows none, or nobody but the protocol may look. */
export function shown(scene: MakerScene, { data }: IlkMarket): bigint | null {
  if (data.source === 'osm') return data.current
  const reading = scene.feed(priceFeed(data))
  return reading === null || reading.value === 0n ? null : reading.value
}

/** Ray. Source: Clipper.getFeedPrice, `rdiv(val · 1e9, par)`. */
export const feedPrice = (dollars: bigint, { par }: System): bigint => (dollars * BLN * RAY) / par

/** Ray, what a poke would write into the vat. Source: Spotter.poke; 0 where there is no price. */
export function spotOf(dollars: bigint | null, ilk: Ilk, system: System): bigint {
  return dollars === null || ilk.mat === 0n ? 0n : (feedPrice(dollars, system) * RAY) / ilk.mat
}

/** The vat's test for barking. Source: Dog.bark, `spot > 0 && ink · spot < art · rate`. */
export const isUnsafe = ({ ink, art }: Urn, spot: bigint, rate: bigint): boolean => spot > 0n && ink * spot < art * rate

export type Prices = {
  readonly spot: bigint
  /** Dollars in wad that the clipper will read; `null` where it would revert. */
  readonly dollars: bigint | null
  readonly poke: Poke
}

/** The prices that can be had in the scene's block, the cheapest to bring about first. */
export function pricesIn(scene: MakerScene, market: IlkMarket, system: System): readonly Prices[] {
  const { data } = market
  const dollars = shown(scene, market)
  const stands: Prices = { spot: data.spot, dollars, poke: 'none' }
  const poked: Prices = { spot: spotOf(dollars, data, system), dollars, poke: 'spotter' }
  if (!canPoke(data, scene.block.timestamp)) return [stands, poked]
  return [stands, poked, { spot: spotOf(data.next, data, system), dollars: data.next, poke: 'osm' }]
}

/** The first of them at which the urn can be barked at; `null` where it is safe at all. */
export function unsafeAt(scene: MakerScene, market: IlkMarket, system: System, urn: Urn): Prices | null {
  return pricesIn(scene, market, system).find(({ spot }) => isUnsafe(urn, spot, market.data.rate)) ?? null
}
