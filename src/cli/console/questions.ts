import type { PositionId } from '#core/book.ts'
import type { Config } from '../../config/config.ts'
import type { Questions } from '../../console/console.ts'
import type { Slices } from '../../console/slices.ts'
import type { Story } from '../../console/story.ts'
import { secondOf } from '../../engine/crossers.ts'
import { pricesAt } from '../../engine/near-line.ts'
import { columnValues } from '../../opportunity/scan.ts'
import { nextBlock } from '../../scene/next-block.ts'
import { plainly } from '../../scene/scene.ts'
import type { OpenKeeper } from '../open-keeper.ts'
import type { LiveBook } from './live-book.ts'
import { priceRow } from './near-row.ts'
import type { Thinker } from './thinker.ts'
import { createWhatIf } from './what-if.ts'

type Parts = {
  readonly config: Config
  readonly opened: OpenKeeper
  readonly slices: Slices
  readonly thinker: Thinker
  readonly story: Story
  readonly book: LiveBook
}

export function questionsOf({ config, opened, slices, thinker, story, book }: Parts): Questions {
  return {
    verdict: story.record,
    position: async (id) => positionOf(opened, config.chain.blockSeconds, id as PositionId, book),
    near: (from, count, text) => {
      const wanted = text.toLowerCase()
      const found = book.near().filter(({ key, protocol, owner }) => `${key} ${owner} ${protocol}`.includes(wanted))
      return { total: found.length, rows: found.slice(from, from + count) }
    },
    whatIf: createWhatIf({ config, opened, slices, thinker, book }),
  }
}

/** All that is known of one, asked of its protocol's own judgement once. */
function positionOf({ keeper }: OpenKeeper, blockSeconds: number, id: PositionId, book: LiveBook): unknown {
  const head = keeper.head()
  const mirror = keeper.mirror()
  if (head === null) return null
  for (const { key, name, module } of mirror.modules.strategies) {
    const position = mirror.books.shelf(key).position(id)
    if (position === undefined) continue
    const scene = mirror.sceneOf(key, plainly(nextBlock(head, blockSeconds), 'head'))
    const feeds = new Map(module.feeds(scene.book).map((feed) => [feed.id, feed]))
    const prices = pricesAt(module, scene, position, columnValues(module, scene), feeds)
    return {
      ...{ id, protocol: name, owner: position.owner, market: position.market, block: scene.block.number },
      figures: module.judge(scene, position),
      prices: prices.map((price) => priceRow(price, book.tokens())),
      nextChange: secondOf(module, scene, position),
    }
  }
  return null
}
