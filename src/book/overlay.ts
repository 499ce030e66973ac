import type { Book, Market, MarketId, Patch, Position, PositionId } from '#core/book.ts'
import type { LaidBook } from '#core/packed.ts'

/** The book as it would be with the patches applied; the book beneath is untouched. `null`: dropped. */
export function overlay(base: Book, patches: readonly Patch[]): Book | LaidBook {
  if (patches.length === 0) return base
  const markets = new Map<MarketId, Market | null>()
  const positions = new Map<PositionId, Position | null>()
  for (const patch of patches) {
    if (patch.op === 'put-market') markets.set(patch.market.id, patch.market)
    else if (patch.op === 'drop-market') markets.set(patch.id, null)
    else if (patch.op === 'put-position') positions.set(patch.position.id, patch.position)
    else if (patch.op === 'drop-position') positions.set(patch.id, null)
  }
  return {
    beneath: base,
    patches,
    market: (id) => laid(markets, id, base.market),
    markets: () => merged(base.markets(), markets),
    position: (id) => laid(positions, id, base.position),
    positions: () => merged(base.positions(), positions),
    positionsOf: (market) => only(merged(base.positionsOf(market), positions), market),
  }
}

function laid<Id, Item>(
  over: ReadonlyMap<Id, Item | null>,
  id: Id,
  beneath: (id: Id) => Item | undefined,
): Item | undefined {
  const found = over.get(id)
  return found === undefined ? beneath(id) : (found ?? undefined)
}

function* merged<Id, Item extends { readonly id: Id }>(
  beneath: Iterable<Item>,
  over: ReadonlyMap<Id, Item | null>,
): Iterable<Item> {
  for (const item of beneath) if (!over.has(item.id)) yield item
  for (const item of over.values()) if (item !== null) yield item
}

function* only(positions: Iterable<Position>, market: MarketId): Iterable<Position> {
  for (const position of positions) if (position.market === market) yield position
}
