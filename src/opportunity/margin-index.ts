import type { Row } from '#core/packed.ts'
import { isConstant } from './columns.ts'

/**
 * Lines by how far their sides may move against them, relatively to a reference: a line whose sum is θ of its gross
 * there is safe while no side of it has moved against it by θ or more, however many move together, since
 * Σ ≥ Σ₀ − gross₀ · (largest adverse move). So a scene looks, for each side, only at lines with θ up to its move.
 * Buckets are eighths of an octave; entering one is an append, and what has changed since stays behind as an entry that
 * is looked at in vain, until the next reference.
 */
export interface MarginIndex {
  /** Values by side, guard band included, as they were. */
  readonly reference: Float64Array
  /** `margin` is at the reference; NaN and what is below the least bucket are looked at always. */
  readonly enter: (row: Row, sides: Uint16Array, margin: number) => void
  /**
   * Visits every row that may be unsafe at these values, some twice, some in vain.
   * @returns how many entries were looked at beyond the hot ones; `null` where more than `limit` would be.
   */
  readonly walk: (values: Float64Array, limit: number, visit: (row: Row) => void) => number | null
  readonly entries: () => number
  readonly hot: () => number
}

const floats = new Float32Array(1)
const words = new Uint32Array(floats.buffer)
/** Exponent and three bits: an eighth of an octave, in order. */
const eighthOf = (value: number): number => {
  floats[0] = value
  return (words[0] as number) >>> 20
}
const fromEighth = (eighth: number): number => {
  words[0] = eighth << 20
  return floats[0] as number
}
const least = eighthOf(2 ** -13)
export const bucketCount = eighthOf(2 ** -1) - least
/** @returns 0 for the hot. */
export const bucketOf = (margin: number): number =>
  margin >= fromEighth(least) ? Math.min(eighthOf(margin) - least + 1, bucketCount + 1) : 0
const floorOf = (bucket: number): number => fromEighth(bucket - 1 + least)
/** More than a 32-bit float and a division may round away. */
const slack = 1 + 2 ** -20

const blockWords = 8
const chunkBlocks = 2 ** 11

/** `bucketMax`: lines with more to lose are not entered; a move beyond it needs a sweep. */
export function createMarginIndex(reference: Float64Array, bucketMax: number): MarginIndex {
  const sides = reference.length
  const heads = new Int32Array(sides * (bucketMax + 1)).fill(-1)
  /** Blocks of seven rows and the block before; of the newest block of each list, how many rows it has. */
  const filled = new Uint8Array(sides * (bucketMax + 1))
  const chunks: Uint32Array[] = []
  const hot: Row[] = []
  let blocks = 0
  let entries = 0

  const append = (list: number, row: Row): void => {
    let count = filled[list] as number
    if (heads[list] === -1 || count === blockWords - 1) {
      if (blocks % chunkBlocks === 0) chunks.push(new Uint32Array(chunkBlocks * blockWords))
      const chunk = chunks.at(-1) as Uint32Array
      chunk[(blocks % chunkBlocks) * blockWords] = heads[list] as number
      heads[list] = blocks
      blocks += 1
      count = 0
    }
    const block = heads[list] as number
    const chunk = chunks[Math.floor(block / chunkBlocks)] as Uint32Array
    chunk[(block % chunkBlocks) * blockWords + 1 + count] = row
    filled[list] = count + 1
    entries += 1
  }
  const walkList = (list: number, visit: (row: Row) => void): number => {
    let count = filled[list] as number
    let visited = 0
    for (let block = heads[list] as number; block !== -1; ) {
      const chunk = chunks[Math.floor(block / chunkBlocks)] as Uint32Array
      const at = (block % chunkBlocks) * blockWords
      for (let word = at + count; word > at; word -= 1) visit(chunk[word] as Row)
      visited += count
      count = blockWords - 1
      block = (chunk[at] as number) | 0
    }
    return visited
  }

  return {
    reference,
    enter: (row, lineSides, margin) => {
      const bucket = bucketOf(margin)
      if (bucket === 0) hot.push(row)
      if (bucket === 0 || bucket > bucketMax) return
      for (const side of lineSides) if (!isConstant(side)) append(side * (bucketMax + 1) + bucket, row)
    },
    walk: (values, limit, visit) => {
      if (hot.length > limit) return null
      let visited = 0
      for (let side = 4; side < sides; side += 1) {
        const move = adverseMove(reference[side] as number, values[side] as number, side) * slack
        if (move < floorOf(1)) continue
        if (move >= floorOf(bucketMax + 1)) return null
        for (let bucket = 1; bucket <= bucketMax && floorOf(bucket) <= move; bucket += 1) {
          visited += walkList(side * (bucketMax + 1) + bucket, visit)
          if (visited > limit) return null
        }
      }
      for (const row of hot) visit(row)
      return visited
    },
    entries: () => entries,
    hot: () => hot.length,
  }
}

/** From 0 on, relative. Lines with a side that was invalid at the reference are hot: its moves do not matter. */
function adverseMove(before: number, now: number, side: number): number {
  if (Number.isNaN(before)) return 0
  if (Number.isNaN(now)) return Number.POSITIVE_INFINITY
  const change = side % 2 === 0 ? before - now : now - before
  return change <= 0 ? 0 : change / before
}
