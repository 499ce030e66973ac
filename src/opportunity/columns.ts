import type { Block } from '#core/block.ts'
import type { Book, Market, MarketId } from '#core/book.ts'
import type { FeedId, Reading, Term } from '#core/feed.ts'

/**
 * What the terms of all lines are multiples of: each distinct feed × index is a column, and each column has two sides,
 * since what harms a collateral helps a debt. A side's value carries the guard band: collateral a little less, debt a
 * little more, so that a line's sum is already its margin less the band.
 */
export interface Columns {
  /** The side a term multiplies; `null` where there is no room for another column. */
  readonly sideOf: (term: Term) => number | null
  /** By side; an invalid value (no reading, no index, below zero) is NaN. Valid until the next call. */
  readonly read: (from: Source) => Float64Array
  /** Indices are to be told anew: a market has changed. */
  readonly forget: () => void
  readonly namesMarket: (side: number, id: MarketId) => boolean
  readonly count: () => number
}
export type Source = {
  readonly book: Book
  readonly block: Block
  readonly feed: (id: FeedId) => Reading
  /** Markets differ from those that a listener tells of. */
  readonly isLaid: boolean
}
export type IndicesOf = (book: Book, block: Block, market: Market) => readonly number[]

/** Sides of the columns that are always 0 and always 1. */
export const zeroSide = 1
export const isConstant = (side: number): boolean => side < 4
const columnsMax = 2 ** 15

type Column = { readonly feed: number; readonly market: number; readonly slot: number }
type Cached = { values: readonly number[]; timestamp: number; version: number }

export function createColumns(indicesOf: IndicesOf, guard: number): Columns {
  const feeds: FeedId[] = []
  const markets: MarketId[] = []
  const columns: Column[] = []
  const numbers = new Map<FeedId | null, Map<MarketId | null, number[]>>()
  const readings: Reading[] = []
  const prices: number[] = []
  const cached: Cached[] = []
  let values = new Float64Array([0, 0, 1 - guard, 1 + guard])
  let version = 0

  const columnOf = ({ feed, market, slot }: Term): number | null => {
    if (feed === null && market === null) return 1
    const byMarket = numbers.get(feed) ?? new Map<MarketId | null, number[]>()
    numbers.set(feed, byMarket)
    const bySlot = byMarket.get(market) ?? []
    byMarket.set(market, bySlot)
    const found = bySlot[slot]
    if (found !== undefined) return found
    if (columns.length + 2 >= columnsMax) return null
    columns.push({ feed: place(feeds, feed), market: place(markets, market), slot: market === null ? 0 : slot })
    bySlot[slot] = columns.length + 1
    return columns.length + 1
  }
  const priceOf = (at: number, source: Source): number => {
    const reading = source.feed(feeds[at] as FeedId)
    if (reading !== readings[at] || prices[at] === undefined) {
      readings[at] = reading
      prices[at] = reading === null ? Number.NaN : Number(reading.value)
    }
    return prices[at] as number
  }
  const indicesAt = (at: number, { book, block, isLaid }: Source): readonly number[] => {
    const known = cached[at]
    if (!isLaid && known?.version === version && known.timestamp === block.timestamp) return known.values
    const market = book.market(markets[at] as MarketId)
    const told = market === undefined ? [] : indicesOf(book, block, market)
    if (!isLaid) cached[at] = { values: told, timestamp: block.timestamp, version }
    return told
  }

  return {
    sideOf: (term) => {
      const column = columnOf(term)
      return column === null ? null : column * 2 + (term.weight < 0 ? 1 : 0)
    },
    read: (source) => {
      if (values.length < (columns.length + 2) * 2) values = grown(values, (columns.length + 16) * 2)
      const now = feeds.map((_, at) => priceOf(at, source))
      const indices = markets.map((_, at) => indicesAt(at, source))
      for (let at = 0; at < columns.length; at += 1) {
        const { feed, market, slot } = columns[at] as Column
        const price = feed < 0 ? 1 : (now[feed] as number)
        const value = price * (market < 0 ? 1 : (indices[market]?.[slot] ?? Number.NaN))
        const valid = price >= 0 && value >= 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN
        values[at * 2 + 4] = valid * (1 - guard)
        values[at * 2 + 5] = valid * (1 + guard)
      }
      return values
    },
    forget: () => {
      version += 1
    },
    namesMarket: (side, id) => {
      const column = columns[(side >> 1) - 2]
      return column !== undefined && column.market >= 0 && markets[column.market] === id
    },
    count: () => columns.length,
  }
}

/** Where an id stands in the list, put there if it is new; −1 for none. */
function place<Id>(list: Id[], id: Id | null): number {
  if (id === null) return -1
  const found = list.indexOf(id)
  return found < 0 ? list.push(id) - 1 : found
}

function grown(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length).fill(Number.NaN)
  larger.set(values)
  return larger
}
