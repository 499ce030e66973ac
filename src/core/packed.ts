import type { Book, MarketId, Patch, Position, PositionId } from './book.ts'

/** Where a packed position lies: a group of rows of one width and kind, and a place in it. It changes when the record outgrows it. */
export type Row = number

/** Who keeps something beside each row. Told of every change, in order; a row left may be another's with the next word. */
export interface RowListener {
  /** Asked just before a position is written: the kind of row it wants. */
  readonly kindOf: (position: Position) => number
  /** The position last asked about is written, anew or over what it was; the row is of kind 0 where there is no room for its own. */
  readonly put: (row: Row, kind: number) => void
  readonly left: (row: Row) => void
  /** A market came, went, or changed. */
  readonly market: (id: MarketId) => void
}

/** Rows of one kind, so that what is kept beside them has one width. Places run from 0 to `length`, with holes. */
export interface RowGroup {
  readonly kind: number
  readonly length: number
}

/** A book that holds its positions in rows, so that a screen can keep figures of its own beside each. */
export interface PackedBook extends Book {
  readonly rowOf: (id: PositionId) => Row | null
  /** `null` for a hole. */
  readonly positionAt: (row: Row) => Position | null
  /** Where its home is, without unpacking it; `null` for a hole. */
  readonly homeAt: (row: Row) => MarketId | null
  readonly groups: () => readonly RowGroup[]
  /** Moves a position to a row of that kind, silently. @returns its row, the same one where there is no room for another group. */
  readonly sort: (row: Row, kind: number) => Row
  /** One listener only. @throws `bad-argument` for a second. */
  readonly listen: (listener: RowListener) => void
}

/** A book with patches laid over it. */
export interface LaidBook extends Book {
  readonly beneath: Book
  readonly patches: readonly Patch[]
}

export const isPacked = (book: Book): book is PackedBook => 'rowOf' in book
export const isLaid = (book: Book): book is LaidBook => 'beneath' in book

const placeBits = 22
/** So many rows a group can have, and so many groups there can be. */
export const placesMax = 2 ** placeBits
export const groupsMax = 2 ** (32 - placeBits) - 1
export const rowAt = (group: number, place: number): Row => ((group << placeBits) | place) >>> 0
export const groupOf = (row: Row): number => row >>> placeBits
export const placeOf = (row: Row): number => row & (placesMax - 1)
