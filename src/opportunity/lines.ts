import { groupOf, placeOf, type Row, rowAt } from '#core/packed.ts'
import { allowances, type PackedLine } from './pack-line.ts'

/**
 * One line beside each row, in arrays of one width for each group: a sweep runs straight through them. A line's sum at
 * given side values is above zero where its position is safe.
 */
export interface Lines {
  /** Room for so many rows of a group, safe until put. */
  readonly cover: (group: number, length: number, width: number) => void
  readonly put: (row: Row, line: PackedLine) => void
  /** Leaves a line that is always safe. */
  readonly clear: (row: Row) => void
  readonly isSafe: (row: Row, values: Float64Array) => boolean
  /** Sum over the sum of magnitudes, or NaN: how far every side may move against it, relatively, before it is unsafe. */
  readonly margin: (row: Row, values: Float64Array) => number
  readonly sidesOf: (row: Row) => Uint16Array
  /** Appends the rows of one chunk that are not safe. @returns how many lines it looked at, 0 past the end. */
  readonly sweep: (group: number, chunk: number, values: Float64Array, unsafe: Row[]) => number
  readonly groups: () => number
  /** Room for lines, holes included: what a sweep looks at. */
  readonly count: () => number
}

/** `length`: the first so many rows are in use or have been. */
type Chunk = { weights: Float32Array; sides: Uint16Array; allowed: Uint8Array; length: number }
type Group = { width: number; chunks: Chunk[] }
const chunkBits = 10
const chunkRows = 2 ** chunkBits
/** Side of the column that is always 1, as collateral. */
const oneSide = 2

export function createLines(): Lines {
  const groups: (Group | undefined)[] = []
  const chunkAt = (row: Row): Chunk => groups[groupOf(row)]?.chunks[placeOf(row) >> chunkBits] as Chunk
  const widthAt = (row: Row): number => groups[groupOf(row)]?.width as number
  const cover = (number: number, length: number, width: number): void => {
    const group = groups[number] ?? { width, chunks: [] }
    groups[number] = group
    while (group.chunks.length * chunkRows < length) group.chunks.push(newChunk(width))
  }
  return {
    cover,
    put: (row, { sides, weights, allowance }) => {
      cover(groupOf(row), placeOf(row) + 1, sides.length)
      const chunk = chunkAt(row)
      const at = placeOf(row) & (chunkRows - 1)
      chunk.weights.set(weights, at * weights.length)
      chunk.sides.set(sides, at * sides.length)
      chunk.allowed[at] = allowance
      chunk.length = Math.max(chunk.length, at + 1)
    },
    clear: (row) => clearLine(chunkAt(row), widthAt(row), placeOf(row) & (chunkRows - 1)),
    isSafe: (row, values) => {
      const chunk = chunkAt(row)
      const at = placeOf(row) & (chunkRows - 1)
      return sumOf(chunk, widthAt(row), at, values) > (allowances[chunk.allowed[at] as number] as number)
    },
    margin: (row, values) => marginOf(chunkAt(row), widthAt(row), placeOf(row) & (chunkRows - 1), values),
    sidesOf: (row) => {
      const width = widthAt(row)
      const from = (placeOf(row) & (chunkRows - 1)) * width
      return chunkAt(row).sides.subarray(from, from + width)
    },
    sweep: (number, at, values, unsafe) => {
      const group = groups[number]
      const chunk = group?.chunks[at]
      if (group === undefined || chunk === undefined) return 0
      sweepChunk(chunk, group.width, values, rowAt(number, at * chunkRows), unsafe)
      return chunk.length
    },
    groups: () => groups.length,
    count: () => groups.reduce((sum, group) => sum + (group?.chunks.length ?? 0) * chunkRows, 0),
  }
}

function newChunk(width: number): Chunk {
  const chunk = {
    weights: new Float32Array(chunkRows * (width - 1)),
    sides: new Uint16Array(chunkRows * width),
    allowed: new Uint8Array(chunkRows),
    length: 0,
  }
  for (let at = 0; at < chunkRows; at += 1) clearLine(chunk, width, at)
  return chunk
}

/** All collateral and no debt. Where a line has no room for collateral it is never safe, and found to be a hole. */
function clearLine({ weights, sides, allowed }: Chunk, width: number, at: number): void {
  weights.fill(0, at * (width - 1), (at + 1) * (width - 1))
  sides.fill(0, at * width, (at + 1) * width)
  allowed[at] = 0
  if (width === 1) return
  weights[at * (width - 1)] = 1
  sides[at * width] = oneSide
}

function marginOf({ weights, sides, allowed }: Chunk, width: number, at: number, values: Float64Array): number {
  const allowance = allowances[allowed[at] as number] as number
  let sum = -allowance
  let gross = allowance
  for (let term = 0; term < width; term += 1) {
    const weight = term === width - 1 ? -1 : (weights[at * (width - 1) + term] as number)
    const value = weight * (values[sides[at * width + term] as number] as number)
    sum += value
    gross += Math.abs(value)
  }
  return sum / gross
}

function sumOf({ weights, sides }: Chunk, width: number, at: number, values: Float64Array): number {
  const first = at * width
  let sum = -(values[sides[first + width - 1] as number] as number)
  for (let term = 0; term < width - 1; term += 1) {
    sum += (weights[at * (width - 1) + term] as number) * (values[sides[first + term] as number] as number)
  }
  return sum
}

/** The widths nearly all lines have are written out: a loop inside would cost more than the sum. NaN is not safe. */
function sweepChunk(chunk: Chunk, width: number, values: Float64Array, first: Row, unsafe: Row[]): void {
  const { weights, sides, allowed, length } = chunk
  if (width === 2) {
    for (let at = 0; at < length; at += 1) {
      const sum =
        (weights[at] as number) * (values[sides[at * 2] as number] as number) -
        (values[sides[at * 2 + 1] as number] as number)
      if (!(sum > (allowances[allowed[at] as number] as number))) unsafe.push(first + at)
    }
  } else if (width === 3) {
    for (let at = 0; at < length; at += 1) {
      const sum =
        (weights[at * 2] as number) * (values[sides[at * 3] as number] as number) +
        (weights[at * 2 + 1] as number) * (values[sides[at * 3 + 1] as number] as number) -
        (values[sides[at * 3 + 2] as number] as number)
      if (!(sum > (allowances[allowed[at] as number] as number))) unsafe.push(first + at)
    }
  } else {
    for (let at = 0; at < length; at += 1) {
      const sum = sumOf(chunk, width, at, values)
      if (!(sum > (allowances[allowed[at] as number] as number))) unsafe.push(first + at)
    }
  }
}
