import type { Block } from '#core/block.ts'
import type { Book, Patch } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { Scene, Trigger } from '#core/scene.ts'

type Lay = (base: Book, patches: readonly Patch[]) => Book

/** The next block on a head, as one module sees it: health is always judged at the next block's timestamp. */
export function sceneAt(block: Block, trigger: Trigger, book: Book, feed: (id: FeedId) => Reading): Scene {
  return { id: `${block.number}/${block.parentHash}`, block, trigger, book, feed, before: [] }
}

/** The scene that patches leave: what a step, a shock or a pending update changes, and nothing else. */
export function sceneAfter(scene: Scene, patches: readonly Patch[], lay: Lay): Scene {
  if (patches.length === 0) return scene
  const readings = new Map(
    patches.flatMap((patch) => (patch.op === 'put-feed' ? [[patch.id, patch.reading] as const] : [])),
  )
  return {
    ...scene,
    book: lay(scene.book, patches),
    feed: (id) => {
      const laid = readings.get(id)
      return laid === undefined ? scene.feed(id) : laid
    },
  }
}
