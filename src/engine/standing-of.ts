import type { Block } from '#core/block.ts'
import { marketId, type PositionId } from '#core/book.ts'
import { type Plan, strategiesIn } from '#core/plan.ts'
import type { SceneSource, Trigger } from '#core/scene.ts'
import type { Mirror } from './mirror.ts'
import type { Standing } from './trigger-of.ts'
import { positionsOf } from './verdict-record.ts'

type OfRecords = Pick<Standing, 'positions' | 'feeds' | 'markets' | 'pools'>

/** What a plan's positions are judged by, and where it sells. */
export function standingOf(mirror: Mirror, plan: Plan): OfRecords {
  const positions = positionsOf({ do: 'act', plan })
  const terms = mirror.modules.strategies
    .filter(({ name }) => strategiesIn(plan).includes(name))
    .flatMap(({ key, module }) => positions.flatMap((id) => judgedBy(mirror, { key, module }, id)))
  return {
    positions,
    feeds: terms.flatMap(({ feed }) => feed ?? []),
    markets: terms.flatMap(({ market }) => market ?? []),
    pools: plan.legs.map(({ pool }) => marketId(pool.toLowerCase())),
  }
}

type Of = Pick<Mirror['modules']['strategies'][number], 'key' | 'module'>
type Judged = { readonly feed: Standing['feeds'][number] | null; readonly market: Standing['markets'][number] | null }

function judgedBy(mirror: Mirror, { key, module }: Of, id: PositionId): readonly Judged[] {
  const book = mirror.books.shelf(key)
  const position = book.position(id)
  if (position === undefined) return []
  const lines = module.exposure(book, position)
  return [{ feed: null, market: position.market }, ...(lines === 'always' ? [] : lines.flatMap(({ terms }) => terms))]
}

/** The first word of any maker of scenes that time was to bring all of these. */
export function foretold(
  sources: readonly SceneSource[],
  positions: readonly PositionId[],
  next: Block,
): Trigger | null {
  const words = positions.map((position) => {
    for (const source of sources) {
      const word = source.foretold?.(position, next) ?? null
      if (word !== null) return word
    }
    return null
  })
  return words.includes(null) ? null : (words[0] ?? null)
}
