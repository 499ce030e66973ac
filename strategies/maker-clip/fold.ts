import { addressOfWord, type Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Folded, type Market, type MarketId, nothingFolded, type Patch } from '#core/book.ts'
import { WAD } from '#core/numbers.ts'
import * as events from './events.ts'
import { foldClip } from './fold-clip.ts'
import {
  type Ilk,
  ilkId,
  ilksOf,
  isIlk,
  type MakerBook,
  type MakerMarket,
  type MakerPosition,
  type System,
  systemOf,
  urnId,
} from './records.ts'

export type MakerFolded = Folded<MakerMarket, MakerPosition>
export type MakerPatch = Patch<MakerMarket, MakerPosition>

/**
 * Urns, rates, prices, holes and auctions are patched exactly. An urn that was not known is read: its collateral may be
 * older than its debt. Parameters are rare: any of them has its collateral read again, and so has an OSM's poke, whose
 * next price is in no log.
 */
export function fold(book: MakerBook, log: Log): MakerFolded {
  const system = systemOf(book)
  if (system === null || log.topicCount === 0) return nothingFolded
  const { vat, dog, spotter, ilkRegistry } = system.data
  if (log.address === vat) return foldVat(book, system, log)
  if (log.address === dog) return foldDog(book, system, log)
  if (log.address === ilkRegistry) return reread([ilkId(dog, log.topic(1))])
  if (log.address === spotter)
    return log.topic(0) === events.parFiled ? reread([system.id]) : rereadKnown(book, ilkId(dog, log.topic(2)))
  const stale: MarketId[] = []
  for (const market of ilksOf(book)) {
    const { clip, calc, pip, source } = market.data
    if (log.address === clip) {
      const folded = foldClip(book, market, log)
      if (folded !== null) return folded
      stale.push(market.id)
    }
    if (log.address === calc || (source === 'osm' && log.address === pip)) stale.push(market.id)
  }
  return stale.length === 0 ? nothingFolded : reread(stale)
}

const reread = (markets: readonly MarketId[]): MakerFolded => ({ patches: [], dirty: { markets, positions: [] } })
const rereadKnown = (book: MakerBook, id: MarketId): MakerFolded =>
  book.market(id) === undefined ? nothingFolded : reread([id])
const patched = (patches: readonly MakerPatch[]): MakerFolded => ({ ...nothingFolded, patches })
const ilkPatch = (market: Market<Ilk>, data: Partial<Ilk>): MakerPatch => ({
  op: 'put-market',
  market: { ...market, data: { ...market.data, ...data } },
})

function foldVat(book: MakerBook, { data: { dog } }: Market<System>, log: Log): MakerFolded {
  const market = book.market(ilkId(dog, log.topic(1)))
  if (!isIlk(market)) return nothingFolded
  const topic = log.topic(0)
  if (topic === events.rateFold) return patched([ilkPatch(market, { rate: market.data.rate + signed(log.topic(3)) })])
  if (topic === events.vatFile) {
    const what = events.ascii(log.topic(2))
    if (what === 'spot') return patched([ilkPatch(market, { spot: BigInt(log.topic(3)) })])
    return what === 'dust' ? patched([ilkPatch(market, { dust: BigInt(log.topic(3)) })]) : nothingFolded
  }
  if (topic !== events.fork)
    return moved(book, market.id, log.topic(2), events.argument(log, 4), events.argument(log, 5))
  const [dink, dart] = [events.argument(log, 3), events.argument(log, 4)]
  const from = moved(book, market.id, log.topic(2), -dink, -dart)
  if (log.topic(2) === log.topic(3)) return nothingFolded
  const to = moved(book, market.id, log.topic(3), dink, dart)
  return {
    patches: [...from.patches, ...to.patches],
    dirty: { markets: [], positions: [...from.dirty.positions, ...to.dirty.positions] },
  }
}

const signed = (word: Hex): bigint => BigInt.asIntN(256, BigInt(word))

/** An urn that owes nothing is none of ours. */
function moved(book: MakerBook, market: MarketId, who: Hex, dink: bigint, dart: bigint): MakerFolded {
  const id = urnId(market, addressOfWord(who))
  const before = book.position(id)
  if (before === undefined || before.data.kind !== 'urn') {
    return dart <= 0n ? nothingFolded : { patches: [], dirty: { markets: [], positions: [id] } }
  }
  const data = { ...before.data, ink: before.data.ink + dink, art: before.data.art + dart }
  return patched([data.art > 0n ? { op: 'put-position', position: { ...before, data } } : { op: 'drop-position', id }])
}

function foldDog(book: MakerBook, system: Market<System>, log: Log): MakerFolded {
  const topic = log.topic(0)
  if (topic === events.caged || events.dogFiled.includes(topic)) return reread([system.id])
  const id = ilkId(system.data.dog, log.topic(1))
  // A collateral that is new to the dog is new to the book.
  if (events.ilkFiled.includes(topic)) return reread([id])
  const market = book.market(id)
  const due = topic === events.bark && isIlk(market) ? (log.word(2) * market.data.chop) / WAD : null
  if (topic === events.bark && due === null) return reread([system.id])
  const change = due ?? -log.word(0)
  const total: MakerPatch = {
    op: 'put-market',
    market: { ...system, data: { ...system.data, dirt: system.data.dirt + change } },
  }
  return patched(isIlk(market) ? [total, ilkPatch(market, { dirt: market.data.dirt + change })] : [total])
}
