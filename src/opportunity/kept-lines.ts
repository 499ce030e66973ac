import type { MarketId, Position } from '#core/book.ts'
import type { Exposure } from '#core/feed.ts'
import { groupOf, type PackedBook, type Row, rowAt } from '#core/packed.ts'
import type { Strategy } from '#core/strategy.ts'
import type { Columns } from './columns.ts'
import type { Lines } from './lines.ts'
import { type PackedLine, packLine } from './pack-line.ts'

/** The lines of a book's positions, always those of what it holds now. */
export interface KeptLines {
  /** Rows with several lines, none, one too long, or `always`: looked at in every scene. */
  readonly odd: ReadonlyMap<Row, Exposure>
  /** Before lines are used: those whose market's parameters have changed are told anew. */
  readonly settle: () => void
  /** The epoch of a market when its positions' lines were told; `undefined` for one that is not there. */
  readonly epochOf: (id: MarketId) => number | undefined
}

/** Listens to the book from here on, and takes in what it holds. `enter`: a line was written. */
export function keepLines(
  strategy: Strategy,
  book: PackedBook,
  columns: Columns,
  lines: Lines,
  enter: (row: Row) => void,
): KeptLines {
  const odd = new Map<Row, Exposure>()
  const epochs = new Map<MarketId, number>()
  const changed = new Set<MarketId>()
  let hasNewMarket = false
  let asked: { exposure: Exposure; packed: PackedLine | null } = { exposure: 'always', packed: null }

  const kindOf = (position: Position): number => {
    const exposure = strategy.exposure(book, position)
    const [only, another] = exposure === 'always' ? [] : exposure
    const packed = only === undefined || another !== undefined ? null : packLine(only, columns)
    asked = { exposure, packed }
    return packed?.sides.length ?? 0
  }
  const put = (row: Row, kind: number): void => {
    const { packed, exposure } = asked
    odd.delete(row)
    if (packed === null || kind !== packed.sides.length) {
      if (kind > 0) lines.clear(row)
      odd.set(row, exposure)
    } else {
      lines.put(row, packed)
      enter(row)
    }
  }
  const kindAt = (row: Row): number => book.groups()[groupOf(row)]?.kind ?? 0
  const left = (row: Row): void => {
    odd.delete(row)
    if (kindAt(row) > 0) lines.clear(row)
  }
  const repack = (rows: readonly Row[]): void => {
    for (const row of rows) {
      const position = book.positionAt(row)
      if (position === null) continue
      const to = book.sort(row, kindOf(position))
      if (to !== row) left(row)
      put(to, kindAt(to))
    }
  }
  const concerned = function* (): Iterable<Row> {
    for (const row of allRows(book)) {
      const home = book.homeAt(row)
      if (home === null) continue
      const names = (id: MarketId): boolean =>
        kindAt(row) > 0 && lines.sidesOf(row).some((side) => columns.namesMarket(side, id))
      if (changed.has(home) || odd.has(row) || [...changed].some(names)) yield row
    }
  }
  const market = (id: MarketId): void => {
    columns.forget()
    const epoch = book.market(id)?.epoch
    const before = epochs.get(id)
    if (epoch === before) return
    if (before === undefined) hasNewMarket = true
    else changed.add(id)
    if (epoch === undefined) epochs.delete(id)
    else epochs.set(id, epoch)
  }

  for (const { id, epoch } of book.markets()) epochs.set(id, epoch)
  book.groups().forEach(({ kind, length }, group) => {
    if (kind > 0) lines.cover(group, length, kind)
  })
  repack([...allRows(book)])
  book.listen({ kindOf, put, left, market })
  return {
    odd,
    epochOf: (id) => epochs.get(id),
    settle: () => {
      if (changed.size > 0) repack([...concerned()])
      else if (hasNewMarket) repack([...odd.keys()])
      changed.clear()
      hasNewMarket = false
    },
  }
}

function* allRows(book: PackedBook): Iterable<Row> {
  const groups = book.groups()
  for (let group = 0; group < groups.length; group += 1) {
    for (let place = 0; place < (groups[group]?.length ?? 0); place += 1) yield rowAt(group, place)
  }
}
