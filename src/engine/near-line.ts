import type { Position } from '#core/book.ts'
import type { Feed, FeedId, Line, Priced } from '#core/feed.ts'
import type { Scene, SceneSpec } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { type ColumnOf, columnValues } from '../opportunity/scan.ts'
import type { Mirror } from './mirror.ts'

/** Where one price alone brings a position to its line, by the screen's own terms: a float, to be drawn. */
export type PriceAt = {
  readonly feed: FeedId
  readonly prices: Priced | null
  /** As the feed has them. */
  readonly now: number
  readonly at: number
  readonly side: 'below' | 'above'
}

/** Somebody near the line. Health (wad) and whether it is below are the protocol's own judgement; the rest is for eyes. */
export type NearLine = {
  readonly key: string
  readonly protocol: string
  readonly position: Position
  readonly margin: number
  readonly health: bigint | null
  readonly isBelow: boolean
  /** Those whose fall it must fear first, the nearest of them first. */
  readonly prices: readonly PriceAt[]
}

export type Survey = { readonly near: readonly NearLine[]; readonly below: number }

/**
 * Who is nearest to the line in a scene, of all protocols, the nearest first. In slices, for beside the path: each costs
 * tens of microseconds. The book must stand still between two of them: its caller drops a survey that a head overtakes.
 */
export function* nearLine(mirror: Mirror, spec: SceneSpec, count: number): Generator<void, Survey> {
  const found: NearLine[] = []
  let below = 0
  for (const { key, name, module } of mirror.modules.strategies) {
    const scene = mirror.sceneOf(key, spec)
    const nearest = yield* mirror.nearest(key, scene, count)
    below += nearest.below
    const feeds = new Map(module.feeds(scene.book).map((feed) => [feed.id, feed]))
    const columnOf = columnValues(module, scene)
    for (const { position, margin } of nearest.near) {
      yield
      const figures = module.judge(scene, position)
      const health = typeof figures.healthFactor === 'bigint' ? figures.healthFactor : null
      const prices = pricesAt(module, scene, position, columnOf, feeds)
      found.push({ key, protocol: name, position, margin, health, isBelow: figures.liquidatable, prices })
    }
  }
  return { near: found.sort((a, b) => a.margin - b.margin).slice(0, count), below }
}

/** Of each feed, the first value that makes any line of the position zero, all others as they are. */
export function pricesAt(
  module: Strategy,
  { book, feed }: Scene,
  position: Position,
  columnOf: ColumnOf,
  feeds: ReadonlyMap<FeedId, Feed>,
): readonly PriceAt[] {
  const lines = module.exposure(book, position)
  if (lines === 'always') return []
  const ids = new Set(lines.flatMap(({ terms }) => terms.flatMap((term) => term.feed ?? [])))
  return [...ids]
    .flatMap((id) => {
      const now = Number(feed(id)?.value ?? 0n)
      if (!(now > 0)) return []
      const all = lines.flatMap((line) => zeroOf(line, id, now, columnOf) ?? [])
      const [first] = all.sort((a, b) => Math.abs(a.at / now - 1) - Math.abs(b.at / now - 1))
      return first === undefined ? [] : [{ feed: id, prices: feeds.get(id)?.prices ?? null, now, ...first }]
    })
    .sort((a, b) => a.side.localeCompare(b.side) * -1 || Math.abs(a.at / a.now - 1) - Math.abs(b.at / b.now - 1))
}

/** A line is straight in each feed: `rest + slope · value`. */
function zeroOf(
  { terms, allowance }: Line,
  id: FeedId,
  now: number,
  columnOf: ColumnOf,
): Pick<PriceAt, 'at' | 'side'> | null {
  let [rest, own] = [-allowance, 0]
  for (const { weight, feed, market, slot } of terms) {
    const value = weight * columnOf(feed, market, slot)
    if (feed === id) own += value
    else rest += value
  }
  const at = -rest / (own / now)
  if (!(at > 0 && at < Number.POSITIVE_INFINITY)) return null
  return { at, side: own > 0 ? 'below' : 'above' }
}
