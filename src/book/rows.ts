import { KeeperError } from '#core/error.ts'
import { groupOf, groupsMax, placeOf, placesMax, type Row, type RowGroup, rowAt } from '#core/packed.ts'

/**
 * Records of bytes in rows of equal width, a group for each width and kind, in chunks that never move: no growth copies
 * what is there, and nothing is for the collector to follow. A record's first byte is never 0: that is a hole.
 */
export interface Rows {
  readonly groups: () => readonly RowGroup[]
  /** A row wide enough; `null` where there is no room for another group. */
  readonly take: (bytes: number, kind: number) => Row | null
  readonly free: (row: Row) => void
  readonly widthOf: (row: Row) => number
  readonly kindOf: (row: Row) => number
  /** The chunk a row lies in, and where in it. */
  readonly chunkOf: (row: Row) => Uint8Array
  readonly startOf: (row: Row) => number
  readonly all: () => Iterable<Row>
  readonly stored: () => readonly StoredGroup[]
}

/** A group as a snapshot keeps it: `chunks` are whole, `free` are the holes. */
export type StoredGroup = {
  readonly kind: number
  readonly width: number
  readonly length: number
  readonly free: readonly number[]
  readonly chunks: readonly Uint8Array[]
}
type Group = { kind: number; width: number; length: number; free: number[]; chunks: Uint8Array[]; bits: number }

/** A chunk of a group has so many rows, as a power of two: about 32 kB, one row where a row is wider. */
const bitsFor = (width: number): number => Math.max(0, 9 - Math.ceil(Math.log2(Math.max(1, width / 64))))
/** Groups held back for records of no kind yet: these must always find a place. */
const reserveGroups = 128

export function createRows(stored: readonly StoredGroup[] = []): Rows {
  const groups: Group[] = stored.map((one) => ({
    ...one,
    free: [...one.free],
    chunks: [...one.chunks],
    bits: bitsFor(one.width),
  }))
  const open = new Map<string, number>()
  groups.forEach(({ kind, width }, at) => {
    open.set(`${width}/${kind}`, at)
  })
  const groupFor = (width: number, kind: number): number | null => {
    const key = `${width}/${kind}`
    const found = open.get(key)
    const group = found === undefined ? undefined : groups[found]
    if (found !== undefined && group !== undefined && (group.free.length > 0 || group.length < placesMax)) return found
    if (groups.length >= groupsMax - (kind === 0 ? 0 : reserveGroups)) return null
    groups.push({ kind, width, length: 0, free: [], chunks: [], bits: bitsFor(width) })
    open.set(key, groups.length - 1)
    return groups.length - 1
  }
  const at = (row: Row): Group => groups[groupOf(row)] as Group
  const startOf = (row: Row): number => startIn(at(row), placeOf(row))
  const chunkOf = (row: Row): Uint8Array => chunkIn(at(row), placeOf(row))
  return {
    groups: () => groups,
    take: (bytes, kind) => {
      const number = groupFor(widthFor(bytes), kind)
      if (number === null) return null
      const group = groups[number] as Group
      const free = group.free.pop()
      if (free !== undefined) return rowAt(number, free)
      if (startIn(group, group.length) === 0) group.chunks.push(new Uint8Array(group.width << group.bits))
      group.length += 1
      return rowAt(number, group.length - 1)
    },
    free: (row) => {
      chunkOf(row)[startOf(row)] = 0
      at(row).free.push(placeOf(row))
    },
    widthOf: (row) => at(row).width,
    kindOf: (row) => at(row).kind,
    chunkOf,
    startOf,
    all: function* () {
      for (let number = 0; number < groups.length; number += 1) {
        const group = groups[number] as Group
        for (let place = 0; place < group.length; place += 1) {
          if (chunkIn(group, place)[startIn(group, place)] !== 0) yield rowAt(number, place)
        }
      }
    },
    stored: () => groups,
  }
}

const startIn = (group: Group, place: number): number => (place & ((1 << group.bits) - 1)) * group.width
const chunkIn = (group: Group, place: number): Uint8Array => group.chunks[place >> group.bits] as Uint8Array

const narrowMax = 128
const recordMax = 2 ** 20

/** The next width rows have: steps of four bytes, then of an eighth, so that groups are few. @throws `bad-record` above 1 MiB. */
export function widthFor(bytes: number): number {
  if (bytes > recordMax) throw new KeeperError('bad-record', `a position of ${bytes} bytes is more than a book holds`)
  let width = Math.ceil(bytes / 4) * 4
  if (width <= narrowMax) return width
  for (width = narrowMax; width < bytes; width = Math.ceil((width * 9) / 32) * 4);
  return width
}
