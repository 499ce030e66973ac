import type { Book, Market, MarketId, Patch, Position, PositionId } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'

/** A patch that concerns one module's records; feeds belong to nobody. */
export type ShelfPatch = Exclude<Patch, { op: 'put-feed' }>

/** The records of one module, changed by patches only. */
export interface Shelf extends Book {
  /** Applies one patch and gives its inverse. @throws `bad-record` for a position whose market is not there. */
  readonly apply: (patch: ShelfPatch) => ShelfPatch
  readonly size: () => { readonly markets: number; readonly positions: number }
}

export function createShelf(): Shelf {
  const markets = new Map<MarketId, Market>()
  const positions = new Map<PositionId, Position>()
  const homes = new Map<MarketId, Set<PositionId>>()

  const putPosition = (position: Position): ShelfPatch => {
    if (!markets.has(position.market)) {
      throw new KeeperError(
        'bad-record',
        `position ${position.id} names market ${position.market}, which is not in the book`,
      )
    }
    const before = positions.get(position.id)
    if (before !== undefined && before.market !== position.market) homes.get(before.market)?.delete(position.id)
    positions.set(position.id, position)
    const home = homes.get(position.market)
    if (home === undefined) homes.set(position.market, new Set([position.id]))
    else home.add(position.id)
    return before === undefined ? { op: 'drop-position', id: position.id } : { op: 'put-position', position: before }
  }
  const dropPosition = (id: PositionId): ShelfPatch => {
    const before = positions.get(id)
    if (before === undefined) return { op: 'drop-position', id }
    positions.delete(id)
    homes.get(before.market)?.delete(id)
    return { op: 'put-position', position: before }
  }
  const putMarket = (market: Market): ShelfPatch => {
    const before = markets.get(market.id)
    markets.set(market.id, market)
    return before === undefined ? { op: 'drop-market', id: market.id } : { op: 'put-market', market: before }
  }
  const dropMarket = (id: MarketId): ShelfPatch => {
    const before = markets.get(id)
    if (before === undefined) return { op: 'drop-market', id }
    markets.delete(id)
    return { op: 'put-market', market: before }
  }

  return {
    market: (id) => markets.get(id),
    markets: () => markets.values(),
    position: (id) => positions.get(id),
    positions: () => positions.values(),
    positionsOf: (market) => resolve(homes.get(market), positions),
    size: () => ({ markets: markets.size, positions: positions.size }),
    apply: (patch) => {
      switch (patch.op) {
        case 'put-market':
          return putMarket(patch.market)
        case 'drop-market':
          return dropMarket(patch.id)
        case 'put-position':
          return putPosition(patch.position)
        case 'drop-position':
          return dropPosition(patch.id)
      }
    },
  }
}

function* resolve(
  ids: ReadonlySet<PositionId> | undefined,
  positions: ReadonlyMap<PositionId, Position>,
): Iterable<Position> {
  for (const id of ids ?? []) {
    const position = positions.get(id)
    if (position !== undefined) yield position
  }
}
