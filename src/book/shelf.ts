import type { Market, MarketId, Patch, Position, PositionId } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { PackedBook, RowListener } from '#core/packed.ts'
import { createPackedPositions, type StoredPositions } from './packed-positions.ts'

/** A patch that concerns one module's records; feeds belong to nobody. */
export type ShelfPatch = Exclude<Patch, { op: 'put-feed' }>

/** The records of one module, changed by patches only. Markets are few and plain; positions are many and packed. */
export interface Shelf extends PackedBook {
  /** Applies one patch and gives its inverse. @throws `bad-record` for a position whose market is not there. */
  readonly apply: (patch: ShelfPatch) => ShelfPatch
  readonly size: () => { readonly markets: number; readonly positions: number }
  /** A position drawn by a 32-bit number, each as likely; `null`: draw again. */
  readonly draw: (number: number) => Position | null
  /** Another after every change. */
  readonly revision: () => number
  /** All there is, as it lies in memory: valid until the next change. */
  readonly stored: () => StoredShelf
}
export type StoredShelf = { readonly markets: readonly Market[]; readonly positions: StoredPositions }

/** `stored`: what it begins with; its memory is taken over. */
export function createShelf(stored?: StoredShelf): Shelf {
  let listener: RowListener | null = null
  let revision = 0
  const markets = new Map<MarketId, Market>(stored?.markets.map((market) => [market.id, market]))
  const positions = createPackedPositions(() => listener, stored?.positions)

  const putPosition = (position: Position): ShelfPatch => {
    if (!markets.has(position.market)) {
      throw new KeeperError(
        'bad-record',
        `position ${position.id} names market ${position.market}, which is not in the book`,
      )
    }
    const before = positions.put(position)
    return before === null ? { op: 'drop-position', id: position.id } : { op: 'put-position', position: before }
  }
  const dropPosition = (id: PositionId): ShelfPatch => {
    const before = positions.drop(id)
    return before === null ? { op: 'drop-position', id } : { op: 'put-position', position: before }
  }
  const putMarket = (market: Market): ShelfPatch => {
    const before = markets.get(market.id)
    markets.set(market.id, market)
    listener?.market(market.id)
    return before === undefined ? { op: 'drop-market', id: market.id } : { op: 'put-market', market: before }
  }
  const dropMarket = (id: MarketId): ShelfPatch => {
    const before = markets.get(id)
    if (before === undefined) return { op: 'drop-market', id }
    markets.delete(id)
    listener?.market(id)
    return { op: 'put-market', market: before }
  }

  return {
    market: (id) => markets.get(id),
    markets: () => markets.values(),
    position: (id) => {
      const row = positions.rowOf(id)
      return row === null ? undefined : (positions.at(row) ?? undefined)
    },
    positions: function* () {
      for (const row of positions.rows()) yield positions.at(row) as Position
    },
    positionsOf: function* (market) {
      for (const row of positions.rows()) if (positions.homeAt(row) === market) yield positions.at(row) as Position
    },
    rowOf: positions.rowOf,
    positionAt: positions.at,
    homeAt: positions.homeAt,
    groups: positions.groups,
    sort: positions.sort,
    listen: (one) => {
      if (listener !== null) throw new KeeperError('bad-argument', 'somebody keeps figures beside these rows already')
      listener = one
    },
    size: () => ({ markets: markets.size, positions: positions.size() }),
    draw: positions.draw,
    revision: () => revision,
    stored: () => ({ markets: [...markets.values()], positions: positions.stored() }),
    apply: (patch) => {
      revision += 1
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
