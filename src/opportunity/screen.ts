import type { Book, Patch, Position, PositionId } from '#core/book.ts'
import { isLaid, type PackedBook, type Row } from '#core/packed.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { createColumns } from './columns.ts'
import { type KeptLines, keepLines } from './kept-lines.ts'
import { createLines, type Lines } from './lines.ts'
import type { MarginIndex } from './margin-index.ts'
import { nearestRows } from './nearest.ts'
import { createReference } from './reference.ts'
import { addTo, columnValues, guardBand, isNear, type Picked, scan } from './scan.ts'

/** How a pick was come by, and how many lines were looked at: for tests, benchmarks and metrics. */
export type Effort = { readonly by: 'index' | 'sweep' | 'scan'; readonly looked: number }

/** Who may be below the line in a scene: kept beside a book, so that a scene costs what it moves, not what there is. */
export interface Screen {
  readonly pick: (scene: Scene) => Picked
  /** Rows alone, of a scene without patches over the book; valid until the book changes. */
  readonly unsafe: (scene: Scene) => readonly Row[]
  /** The same by a sweep, whatever is cheaper. */
  readonly sweep: (scene: Scene) => readonly Row[]
  /** Of the last pick. */
  readonly effort: () => Effort
  /** Off the hot path: carries the index towards the values last seen. @returns whether more is left to do. */
  readonly tend: (lines: number) => boolean
  /** For people, beside the path: who is nearest to the line, in slices. The book must not change between two of them. */
  readonly nearest: (scene: Scene, count: number) => Generator<void, Nearest>
}
/** `margin`: how far everything may move against it, relatively, before it is worth proving; a float. */
export type Nearest = {
  readonly near: readonly { readonly position: Position; readonly margin: number }[]
  /** On the line or below it, by floats. */
  readonly below: number
}

/** A walk over more of the lines than this is dearer than a sweep over all. */
const walkShare = 0.06
/** A walk over more of them than this says that the reference is worn. */
const wornShare = 0.004
const wornLines = 512
/** Positions unpacked between two yields. */
const unpackedAtOnce = 32

/** Follows the book from here on. `guard`: nothing but a test has another. */
export function createScreen(strategy: Strategy, book: PackedBook, guard: number = guardBand): Screen {
  const columns = createColumns((of, block, market) => strategy.indices(of, block, market), guard)
  const lines = createLines()
  const reference = createReference(lines, book.groups)
  const kept = keepLines(strategy, book, columns, lines, reference.enter)
  let effort: Effort = { by: 'index', looked: 0 }
  let values: Float64Array = new Float64Array(0)
  let isWorn = false

  const valuesAt = ({ book: of, block, feed }: Scene, isLaidOver: boolean): Float64Array => {
    kept.settle()
    return columns.read({ book: of, block, feed, isLaid: isLaidOver })
  }
  const rowsAt = (scene: Scene, isLaidOver: boolean): readonly Row[] => {
    values = valuesAt(scene, isLaidOver)
    if (reference.current() === null) {
      reference.begin(values)
      reference.advance(Number.POSITIVE_INFINITY)
    }
    const found = superset(lines, reference.current() as MarginIndex, values)
    effort = found.effort
    isWorn = found.isWorn
    return found.rows
  }
  const pick = (scene: Scene): Picked => {
    const layers = layersOf(scene.book)
    if (layers.book !== book || layers.patches.some((patch) => changesEpoch(patch, kept))) {
      effort = { by: 'scan', looked: 0 }
      return scan(strategy, scene)
    }
    const found = new Map<Position['market'], Position[]>()
    const laid = new Set<PositionId>()
    for (const patch of layers.patches) if (isOfPosition(patch)) laid.add(idOf(patch))
    const [before, wasWorn] = [values, isWorn]
    const rows = rowsAt(scene, layers.patches.some(isOfMarket))
    // What is only played out does not draw the reference after it.
    if (scene.trigger === 'shock') [values, isWorn] = [before, wasWorn]
    const seen = new Set<Row>()
    const take = (row: Row): void => {
      const position = seen.has(row) ? null : book.positionAt(row)
      seen.add(row)
      if (position !== null && !laid.has(position.id)) addTo(found, position)
    }
    rows.forEach(take)
    const columnOf = columnValues(strategy, scene)
    for (const [row, exposure] of kept.odd) {
      if (exposure === 'always' || exposure.some((line) => isNear(line, columnOf))) take(row)
    }
    for (const id of laid) {
      const position = scene.book.position(id)
      if (position !== undefined) addTo(found, position)
    }
    return found
  }
  const tend = (count: number): boolean => {
    if (isWorn) reference.begin(values)
    isWorn = false
    return reference.advance(count)
  }
  const nearest = function* (scene: Scene, count: number): Generator<void, Nearest> {
    const isLaidOver = layersOf(scene.book).patches.some(isOfMarket)
    // Others read other scenes into the same array between two slices.
    const own = Float64Array.from(valuesAt(scene, isLaidOver))
    const columnOf = columnValues(strategy, scene)
    const { near, below } = yield* nearestRows(lines, book.groups(), kept.odd, own, columnOf, count)
    const found: { position: Position; margin: number }[] = []
    for (const [at, { row, margin }] of near.entries()) {
      if (at % unpackedAtOnce === 0) yield
      const position = book.positionAt(row)
      if (position !== null) found.push({ position, margin })
    }
    return { near: found, below }
  }
  return {
    pick,
    nearest,
    unsafe: (scene) => rowsAt(scene, false),
    sweep: (scene) => sweepAll(lines, valuesAt(scene, false)),
    effort: () => effort,
    tend,
  }
}

type Superset = { readonly rows: readonly Row[]; readonly effort: Effort; readonly isWorn: boolean }

/** By the index where that is shorter, else by a sweep. A row may be named twice. */
function superset(lines: Lines, index: MarginIndex, values: Float64Array): Superset {
  const count = lines.count()
  const rows: Row[] = []
  const looked = index.walk(values, Math.max(wornLines, count * walkShare), (row) => {
    if (!lines.isSafe(row, values)) rows.push(row)
  })
  if (looked !== null) {
    const isWorn = looked > Math.max(wornLines, count * wornShare) || index.entries() > count
    return { rows, effort: { by: 'index', looked: looked + index.hot() }, isWorn }
  }
  const swept = sweepAll(lines, values)
  return { rows: swept, effort: { by: 'sweep', looked: count }, isWorn: true }
}

function sweepAll(lines: Lines, values: Float64Array): readonly Row[] {
  const unsafe: Row[] = []
  for (let group = 0; group < lines.groups(); group += 1) {
    for (let chunk = 0; lines.sweep(group, chunk, values, unsafe) > 0; chunk += 1);
  }
  return unsafe
}

type Layers = { readonly book: Book; readonly patches: readonly Patch[] }

function layersOf(book: Book): Layers {
  if (!isLaid(book)) return { book, patches: [] }
  const beneath = layersOf(book.beneath)
  return { book: beneath.book, patches: [...beneath.patches, ...book.patches] }
}

const isOfPosition = (patch: Patch): patch is Extract<Patch, { op: 'put-position' | 'drop-position' }> =>
  patch.op === 'put-position' || patch.op === 'drop-position'
const isOfMarket = ({ op }: Patch): boolean => op === 'put-market' || op === 'drop-market'
const idOf = (patch: Extract<Patch, { op: 'put-position' | 'drop-position' }>): PositionId =>
  patch.op === 'put-position' ? patch.position.id : patch.id

/** Laid over the book it makes its positions' lines others than those kept. */
function changesEpoch(patch: Patch, kept: KeptLines): boolean {
  if (patch.op === 'drop-market') return true
  return patch.op === 'put-market' && patch.market.epoch !== kept.epochOf(patch.market.id)
}
