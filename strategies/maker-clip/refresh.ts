import type { Address, Hex } from '#core/address.ts'
import type { Dirty, MarketId, Position, PositionId } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { MakerConfig } from './config.ts'
import type { MakerPatch } from './fold.ts'
import { readIlks } from './read-ilks.ts'
import { allAuctions, readAuctions, readUrns, urnsOf } from './read-positions.ts'
import { readSystem } from './read-system.ts'
import { type IlkMarket, ilksOf, isAuction, isIlk, type MakerBook, type MakerPosition, systemOf } from './records.ts'

/**
 * What logs cannot carry, at the view's block: dirty collaterals whole, dirty urns and auctions, each kind in one round.
 * A collateral that is new comes with its urns; one whose clipper was replaced, with the new one's auctions.
 */
export async function refresh(
  config: MakerConfig,
  view: View,
  book: MakerBook,
  dirty: Dirty,
): Promise<readonly MakerPatch[]> {
  const known = systemOf(book)
  if (known === null) return []
  const isDirty = dirty.markets.includes(known.id)
  const system = isDirty ? await readSystem(view, config) : known
  const names = dirty.markets.filter((id) => id !== known.id)
  const ilks = await readIlks(
    view,
    system.data,
    names.map((id) => id.slice(-66) as Hex),
  )
  const read = new Map(ilks.map((market) => [market.id, market]))
  const current = [...ilksOf(book).filter(({ id }) => !names.includes(id)), ...ilks]
  return [
    ...(isDirty ? [{ op: 'put-market' as const, market: system }] : []),
    ...ilks.map((market): MakerPatch => ({ op: 'put-market', market })),
    ...names.flatMap((id): MakerPatch[] =>
      read.has(id) || book.market(id) === undefined ? [] : [{ op: 'drop-market', id }],
    ),
    ...(await rereadAuctions(view, book, ilks)),
    ...(await newUrns(config, view, book, ilks)),
    ...(await rereadPositions(view, book, current, dirty.positions)),
  ]
}

/** Where the clipper is another than before. */
async function rereadAuctions(view: View, book: MakerBook, ilks: readonly IlkMarket[]): Promise<readonly MakerPatch[]> {
  const replaced = ilks.filter(({ id, data }) => {
    const before = book.market(id)
    return isIlk(before) && before.data.clip !== data.clip
  })
  const fresh = [...replaced, ...ilks.filter(({ id }) => book.market(id) === undefined)]
  if (fresh.length === 0) return []
  const gone = replaced.flatMap(({ id }) => [...book.positionsOf(id)].filter(isAuction))
  return [
    ...gone.map(({ id }): MakerPatch => ({ op: 'drop-position', id })),
    ...(await allAuctions(view, fresh)).map(put),
  ]
}

async function newUrns(
  config: MakerConfig,
  view: View,
  book: MakerBook,
  ilks: readonly IlkMarket[],
): Promise<readonly MakerPatch[]> {
  const system = systemOf(book)
  const fresh = ilks.filter(({ id }) => book.market(id) === undefined)
  if (system === null || fresh.length === 0) return []
  const found = await urnsOf(view, system.data, fresh, config.fromBlock)
  const asked = [...found].flatMap(([market, all]) => all.map((urn) => ({ market, urn })))
  return (await readUrns(view, system.data, asked)).map(put)
}

async function rereadPositions(
  view: View,
  book: MakerBook,
  ilks: readonly IlkMarket[],
  ids: readonly PositionId[],
): Promise<readonly MakerPatch[]> {
  const system = systemOf(book)
  if (system === null || ids.length === 0) return []
  const byId = new Map<MarketId, IlkMarket>(ilks.map((market) => [market.id, market]))
  const byClip = new Map<string, IlkMarket>(ilks.map((market) => [market.data.clip, market]))
  const urns = ids.flatMap((id) => {
    const market = byId.get(id.slice(0, id.lastIndexOf('/')) as MarketId)
    return market === undefined ? [] : [{ market, urn: id.slice(-42) as Address }]
  })
  const auctions = ids.flatMap((id) => {
    const [clip = '', number = ''] = id.split('/')
    const market = byClip.get(clip)
    return market === undefined ? [] : [{ market, number: BigInt(number) }]
  })
  const found = [...(await readUrns(view, system.data, urns)), ...(await readAuctions(view, auctions))]
  const there = new Set(found.map(({ id }) => id))
  return [
    ...found.map(put),
    ...ids.filter((id) => !there.has(id)).map((id): MakerPatch => ({ op: 'drop-position', id })),
  ]
}

const put = (position: Position<MakerPosition>): MakerPatch => ({ op: 'put-position', position })
