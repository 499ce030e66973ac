import type { Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { Patch } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { Strategy } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { overlay } from '../../../src/book/overlay.ts'
import { createShelf, type Shelf, type ShelfPatch } from '../../../src/book/shelf.ts'
import type { Rpc } from '../../../src/chain/rpc.ts'
import { type RawBlock, viewAt } from '../../../src/chain/view.ts'
import { plainly, sceneAt } from '../../../src/scene/scene.ts'
import type { AaveScene } from '../../../strategies/aave-v3/account-data.ts'
import aave from '../../../strategies/aave-v3/index.ts'
import type { AaveMarket, Account, Pair } from '../../../strategies/aave-v3/records.ts'

export type Aave = Strategy<AaveMarket, Account, Pair>
export type AaveBook = AaveScene['book']

export const strategyFor = (addressesProvider: string): Aave =>
  aave.create(aave.config.parse({ addressesProvider, fromBlock: 0 }))

export async function headView(rpc: Rpc): Promise<View> {
  const { hash } = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
  return viewAt(rpc, hash as Hex)
}

/** A shelf with everything a fresh start reads. */
export async function bootstrapped(strategy: Aave, view: View): Promise<Shelf> {
  const shelf = createShelf()
  for await (const patches of strategy.bootstrap(view)) apply(shelf, patches)
  return shelf
}

export function apply(shelf: Shelf, patches: readonly Patch<AaveMarket, Account>[]): void {
  for (const patch of patches) shelf.apply(patch as ShelfPatch)
}

export const bookOf = (shelf: Shelf): AaveBook => shelf as unknown as AaveBook

export async function readFeeds(strategy: Aave, book: AaveBook, view: View): Promise<ReadonlyMap<FeedId, Reading>> {
  const feeds = strategy.feeds(book)
  const answers = await view.call(feeds.map(({ read }) => ({ to: read.to, data: read.data })))
  return new Map(
    feeds.map((feed, at) => {
      const answer = answers[at] ?? null
      return [feed.id, answer === null ? null : { value: feed.read.decode(answer), updatedAt: view.block.timestamp }]
    }),
  )
}

export const sceneOn = (book: AaveBook, block: Block, feeds: ReadonlyMap<FeedId, Reading>): AaveScene =>
  sceneAt(
    plainly(block, 'head'),
    'aave-v3',
    book as never,
    (id) => feeds.get(id) ?? null,
    overlay,
  ) as unknown as AaveScene
