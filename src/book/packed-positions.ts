import type { MarketId, Position, PositionId } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Row, RowGroup, RowListener } from '#core/packed.ts'
import { createIdTable } from './id-table.ts'
import { createRecords, type StoredRecords } from './records.ts'
import { createRows, type StoredGroup, widthFor } from './rows.ts'

/** Positions as bytes in rows, found by a table of ids. What is given out is unpacked anew each time. */
export interface PackedPositions {
  /** @returns what was there before. */
  readonly put: (position: Position) => Position | null
  readonly drop: (id: PositionId) => Position | null
  readonly rowOf: (id: PositionId) => Row | null
  readonly at: (row: Row) => Position | null
  readonly homeAt: (row: Row) => MarketId | null
  readonly rows: () => Iterable<Row>
  readonly groups: () => readonly RowGroup[]
  readonly sort: (row: Row, kind: number) => Row
  readonly draw: (number: number) => Position | null
  readonly size: () => number
  readonly stored: () => StoredPositions
}
export type StoredPositions = { readonly records: StoredRecords; readonly groups: readonly StoredGroup[] }

export function createPackedPositions(listener: () => RowListener | null, stored?: StoredPositions): PackedPositions {
  const records = createRecords(stored?.records)
  const rows = createRows(stored?.groups)
  const hashAt = (row: Row): number => records.hashAt(rows.chunkOf(row), rows.startOf(row))
  const ids = createIdTable(
    hashAt,
    rows.groups().reduce((sum, { length }) => sum + length, 0),
  )
  for (const row of rows.all()) ids.insert(hashAt(row), row)
  const at = (row: Row): Position => records.unpack(rows.chunkOf(row), rows.startOf(row))
  const isHole = (row: Row): boolean => rows.chunkOf(row)[rows.startOf(row)] === 0
  const isHashed = (row: Row): boolean => records.isHashed(rows.chunkOf(row), rows.startOf(row))
  const write = (row: Row, packed: Uint8Array): void => {
    rows.chunkOf(row).set(packed, rows.startOf(row))
    listener()?.put(row, rows.kindOf(row))
  }
  const leave = (row: Row): void => {
    rows.free(row)
    listener()?.left(row)
  }
  const take = (bytes: number, kind: number): Row => {
    const row = rows.take(bytes, kind) ?? rows.take(bytes, 0)
    if (row === null) throw new KeeperError('bad-record', 'records of too many widths: a book holds no more groups')
    return row
  }

  const put = (position: Position): Position | null => {
    const hash = records.hashOfId(position.id)
    const old = ids.find(hash, isHashed)
    const before = old === null ? null : at(old)
    const packed = records.pack(position)
    const kind = listener()?.kindOf(position) ?? 0
    if (old !== null && widthFor(packed.length) === rows.widthOf(old) && kind === rows.kindOf(old)) {
      write(old, packed)
      return before
    }
    const row = take(packed.length, kind)
    if (old === null) ids.insert(hash, row)
    else {
      ids.replace(hash, old, row)
      leave(old)
    }
    write(row, packed)
    return before
  }
  const drop = (id: PositionId): Position | null => {
    const hash = records.hashOfId(id)
    const row = ids.find(hash, isHashed)
    if (row === null) return null
    const before = at(row)
    ids.remove(hash, row)
    leave(row)
    return before
  }
  const sort = (row: Row, kind: number): Row => {
    if (rows.kindOf(row) === kind) return row
    const width = rows.widthOf(row)
    const to = rows.take(width, kind)
    if (to === null) return row
    const [chunk, start] = [rows.chunkOf(row), rows.startOf(row)]
    ids.replace(hashAt(row), row, to)
    rows.chunkOf(to).set(chunk.subarray(start, start + width), rows.startOf(to))
    rows.free(row)
    return to
  }
  const draw = (number: number): Position | null => {
    const row = ids.draw(number)
    return row === null ? null : at(row)
  }

  return {
    put,
    drop,
    rowOf: (id) => ids.find(records.hashOfId(id), isHashed),
    at: (row) => (isHole(row) ? null : at(row)),
    homeAt: (row) => (isHole(row) ? null : records.homeOf(rows.chunkOf(row), rows.startOf(row))),
    rows: rows.all,
    groups: rows.groups,
    sort,
    draw,
    size: ids.size,
    stored: () => ({ records: records.stored(), groups: rows.stored() }),
  }
}
