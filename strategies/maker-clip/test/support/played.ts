import type { Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { View } from '#core/world.ts'
import type { Scenario } from '../../../../sandbox/fixture.ts'
import { privateGround } from '../../../../sandbox/private-ground.ts'
import { startSandbox } from '../../../../sandbox/start.ts'
import { overlay } from '../../../../src/book/overlay.ts'
import { createShelf, type ShelfPatch } from '../../../../src/book/shelf.ts'
import { plainly, sceneAt } from '../../../../src/scene/scene.ts'
import fixture, { type MakerGround } from '../../fixture/index.ts'
import maker from '../../index.ts'
import type { MakerBook, MakerScene } from '../../records.ts'

/** The stand-ins on the private chain, and a keeper's eyes. */
export async function startPlayed() {
  const sandbox = await startSandbox({ borrowers: 'none', aave: [], protocols: [{ fixture }] })
  const ground = await privateGround(sandbox)
  const addresses = sandbox.protocols[0]?.addresses as MakerGround
  const scenario: Scenario = await fixture.attach(ground, addresses)
  const config = maker.config.parse(fixture.config(addresses))
  const strategy = maker.create(config)
  const bookAt = async (view: View): Promise<MakerBook> => {
    const shelf = createShelf()
    for await (const patches of strategy.bootstrap(view)) for (const patch of patches) shelf.apply(patch as ShelfPatch)
    return shelf as unknown as MakerBook
  }
  /** The scene of a block after the view's, with its feeds as they are there. */
  const sceneAfter = async (view: View, seconds: number): Promise<MakerScene> => {
    const book = await bookAt(view)
    const feeds = strategy.feeds(book)
    const answers = await view.call(feeds.map(({ read }) => read))
    const readings = new Map<FeedId, Reading>(
      feeds.map(({ id, read }, at) => {
        const answer = (answers[at] ?? null) as Hex | null
        return [id, answer === null ? null : { value: read.decode(answer), updatedAt: view.block.timestamp }]
      }),
    )
    const block: Block = { ...view.block, number: view.block.number + 1, timestamp: view.block.timestamp + seconds }
    return sceneAt(
      plainly(block, 'head'),
      'maker-clip',
      book as never,
      (id) => readings.get(id) ?? null,
      overlay,
    ) as unknown as MakerScene
  }
  return { sandbox, ground, addresses, scenario, config, strategy, bookAt, sceneAfter }
}
