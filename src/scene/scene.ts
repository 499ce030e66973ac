import type { Block } from '#core/block.ts'
import type { Book, OwnedPatch, Patch } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { Scene, SceneSpec } from '#core/scene.ts'

type Lay = (base: Book, patches: readonly Patch[]) => Book

/** The next block as it is: health is always judged at the next block's timestamp. */
export const plainly = (block: Block, trigger: SceneSpec['trigger']): SceneSpec => ({
  trigger,
  block,
  cause: '',
  patches: [],
  before: [],
})

/** The scene as one module, whose records are `book`, sees it. */
export function sceneAt(spec: SceneSpec, owner: string, book: Book, feed: (id: FeedId) => Reading, lay: Lay): Scene {
  const { block, trigger, before, cause } = spec
  const id = `${block.number}/${block.parentHash}/${cause}`
  return sceneAfter({ id, block, trigger, book, feed, before }, patchesOf(spec.patches, owner), lay)
}

/** What of a scene's patches one module can see: its own records, and every feed. */
export const patchesOf = (patches: readonly OwnedPatch[], owner: string): readonly Patch[] =>
  patches.flatMap(({ owner: whose, patch }) => (whose === owner || patch.op === 'put-feed' ? [patch] : []))

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
